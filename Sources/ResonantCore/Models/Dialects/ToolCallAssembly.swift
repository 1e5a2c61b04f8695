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
  }

  /// Most calls kept from one reply.
  static let limit = 256
  /// No more text is appended to arguments of this many bytes.
  static let argumentsLimit = 1 << 20

  private var entries: [Entry] = []

  /// Whether no call has begun.
  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ delta: ToolCallDelta) {
    guard let place = place(of: delta) else { return }
    if let id = delta.id, !id.isEmpty { entries[place].id = id }
    if entries[place].name.isEmpty { entries[place].name = delta.name ?? "" }
    if entries[place].arguments.utf8.count < Self.argumentsLimit {
      entries[place].arguments += delta.arguments
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

  /// The index of the call that a piece belongs to. An id is more reliable than an index: some servers omit
  /// the index or reuse it for the next call.
  private mutating func place(of delta: ToolCallDelta) -> Int? {
    let sameIndex = delta.index.flatMap { index in entries.lastIndex { $0.index == index } }
    if let id = delta.id, !id.isEmpty {
      if let known = entries.lastIndex(where: { $0.id == id }) { return known }
      if let sameIndex, entries[sameIndex].id == nil { return sameIndex }
    } else if let sameIndex {
      return sameIndex
    } else if delta.index == nil, !entries.isEmpty, delta.name == nil {
      return entries.count - 1
    }
    guard entries.count < Self.limit else { return nil }
    entries.append(Entry(index: delta.index, id: delta.id))
    return entries.count - 1
  }
}
