// SPDX-License-Identifier: MIT

extension WordList {
  /// The list as a user gives it: words with commas between, or `@FILE` with one a line.
  public init(option: String) throws(InvalidValue) {
    guard option.hasPrefix("@") else {
      self = try WordList(option.split(separator: ",").map(Self.trimmed))
      return
    }
    let text = try OptionFile.text(String(option.dropFirst()))
    try self.init(text.split(whereSeparator: \.isNewline).map(Self.trimmed).filter { !$0.isEmpty })
  }

  private static func trimmed(_ text: Substring) -> String {
    var rest = text
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
