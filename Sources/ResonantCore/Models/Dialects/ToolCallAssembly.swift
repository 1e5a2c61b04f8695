// SPDX-License-Identifier: MIT

/// A piece of a tool call in a stream.
struct ToolCallDelta: Sendable, Equatable {
  var index: Int?
  var id: String?
  var name: String?
  /// Appended to the arguments so far.
  var arguments = ""
  /// Arguments that came as an object; used only if none come as text.
  var input: JSONValue?

  init(index: Int?, id: String? = nil, name: String? = nil, arguments: String = "") {
    self.index = index
    self.id = id
    self.name = name
    self.arguments = arguments
  }

  /// `function` is `{name, arguments}`, with the arguments as text or, with Ollama, as an object.
  init(index: Int?, id: String? = nil, function: JSONValue) {
    self.init(
      index: index, id: id, name: function["name"]?.string, arguments: function["arguments"]?.string ?? "")
    if function["arguments"]?.object != nil { input = function["arguments"] }
  }

  init?(openAI call: JSONValue) {
    guard call.object != nil else { return nil }
    self.init(index: call["index"]?.int, id: call["id"]?.string, function: call["function"] ?? .null)
  }
}

/// Assembles tool calls from their pieces.
struct ToolCallAssembly: Sendable, Equatable {
  private struct Entry: Sendable, Equatable {
    var index: Int?
    var id: String?
    var name = ""
    var arguments = ""
    var input: JSONValue?

    /// Whether the arguments are complete. Those of more than 16 KB are not: a server that repeats the name in
    /// each piece would have them read again and again.
    var isComplete: Bool {
      guard input == nil, arguments.utf8.last == ASCII.closeBrace, arguments.utf8.count <= 16 << 10 else {
        return input != nil
      }
      return (try? JSONValue.parse(arguments, syntax: .stream)) != nil
    }

    /// Whether a piece with a name begins another call, and does not just repeat the name of this one.
    func isFollowed(by delta: ToolCallDelta) -> Bool {
      guard let name = delta.name, !name.isEmpty, !self.name.isEmpty else { return false }
      return name != self.name || isComplete
    }
  }

  /// Most calls kept from one reply.
  static let limit = 256
  /// No more text is appended to arguments of this many bytes.
  static let argumentsLimit = 1 << 20

  /// Pieces beyond these limits after which no end is to be expected.
  private static let patience = 10_000

  private var entries: [Entry] = []
  /// Pieces that were not kept.
  private var refused = 0

  /// Whether the calls go on and on.
  var isEndless: Bool { refused > Self.patience }

  /// Whether no call has begun.
  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ delta: ToolCallDelta) {
    guard let place = place(of: delta) else {
      refused += 1
      return
    }
    if entries[place].id == nil, let id = delta.id, !id.isEmpty { entries[place].id = id }
    if entries[place].name.isEmpty { entries[place].name = delta.name ?? "" }
    if entries[place].arguments.utf8.count < Self.argumentsLimit {
      entries[place].arguments += delta.arguments
    } else {
      refused += 1
    }
    entries[place].input = delta.input ?? entries[place].input
  }

  /// The calls in the order in which they began, without those that were never named.
  var calls: [ToolCall] {
    entries.filter { !$0.name.isEmpty }.map { entry in
      let arguments = entry.arguments.isEmpty ? entry.input?.jsonText ?? "" : entry.arguments
      return ToolCall(id: entry.id, name: entry.name, arguments: SurrogateJoiner.joined(arguments))
    }
  }

  /// The index of the call that a piece belongs to; nil if the piece is of no use.
  ///
  /// An id is more reliable than an index, and a name than both: some servers omit the index or reuse it for the
  /// next call, others give each piece an id of its own or repeat the name in each.
  private mutating func place(of delta: ToolCallDelta) -> Int? {
    let id = delta.id.flatMap { $0.isEmpty ? nil : $0 }
    if let id, let known = entries.lastIndex(where: { $0.id == id }) {
      if !entries[known].isFollowed(by: delta) { return known }
      let repeats = ["", entries[known].arguments].contains(delta.arguments)
      if repeats, entries[known].name == delta.name { return nil }
    } else if let place = candidate(for: delta), !entries[place].isFollowed(by: delta) {
      let isNamed = delta.name?.isEmpty == false
      if id == nil || entries[place].id == nil || !isNamed { return place }
    }
    guard entries.count < Self.limit else { return nil }
    entries.append(Entry(index: delta.index, id: id))
    return entries.count - 1
  }

  /// The last call with the index of a piece; the last of all if the piece has none.
  private func candidate(for delta: ToolCallDelta) -> Int? {
    guard let index = delta.index else { return entries.indices.last }
    return entries.lastIndex { $0.index == index }
  }
}
