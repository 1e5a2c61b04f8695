// SPDX-License-Identifier: MIT

/// Which names of participants can be told apart by those who read them.
enum VisibleName {
  /// Whether a name has something to see, and no control character.
  static func matches(_ name: String) -> Bool {
    !name.unicodeScalars.contains(where: isControl) && name.unicodeScalars.contains(where: isVisible)
  }

  /// Distinct names for those that do not match, in the order of `names`; the others stay as they are.
  static func replacements(for names: [String]) -> [String: String] {
    var taken = Set(names)
    return names.enumerated().reduce(into: [:]) { replacements, entry in
      let (index, name) = entry
      guard !matches(name) else { return }
      let cleaned = String(String.UnicodeScalarView(name.unicodeScalars.filter { !isControl($0) }))
      var free = matches(cleaned) ? cleaned : "Speaker \(index + 1)"
      while !taken.insert(free).inserted { free += "*" }
      replacements[name] = free
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
      false
    default: !scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}
