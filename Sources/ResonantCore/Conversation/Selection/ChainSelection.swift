// SPDX-License-Identifier: MIT

import OrderedCollections

/// The speaker names the next one with a tool; if it does not, the choice is random.
struct ChainSelection: SpeakerSelection {
  var seed: UInt64

  func next(in context: SelectionContext) -> SpeakerChoice {
    let transcript = context.transcript
    let number = transcript.turns.last?.number ?? 0
    let named = transcript.events.last {
      $0.after == number && $0.kind == "tool" && $0.requestedSpeaker.map(context.names.contains) == true
    }
    let index = named?.requestedSpeaker.flatMap(context.names.firstIndex)
    guard let index, context.candidates.contains(index) else {
      return RandomSelection(seed: seed).next(in: context)
    }
    return SpeakerChoice(index: index)
  }
}

/// The tool with which a model names who speaks next.
enum NextSpeakerTool {
  static let name = "request_next_speaker"

  /// The tool for one of the participants; nil if there is nobody else.
  static func tool(for index: Int, among names: [String]) -> Tool? {
    let others = names.indices.filter { $0 != index }.map { names[$0] }
    return others.isEmpty ? nil : tool(naming: others, Prompts.nextSpeakerTool)
  }

  static func tool(naming names: [String], _ description: String) -> Tool {
    Tool(
      name: name, description: description,
      parameters: [
        "type": "object",
        "properties": [
          "participant": [
            "type": "string", "enum": .array(names.map(JSONValue.string)),
            "description": .string(Prompts.nextSpeakerArgument),
          ]
        ],
        "required": ["participant"],
      ])
  }
}

extension Transcript.Event {
  /// The participant whom a tool call asks to speak next, whether or not there is one of that name.
  var requestedSpeaker: String? {
    fields["name"]?.string == NextSpeakerTool.name ? fields["arguments"]?["participant"]?.string : nil
  }
}

extension ToolCall {
  /// The arguments; nil if they are no JSON object.
  var object: JSONObject? { arguments.isEmpty ? [:] : (try? JSONValue.parse(arguments.utf8))?.object }

  /// The call as an event.
  func happening(by speaker: String) -> Happening {
    let arguments = object.map(JSONValue.object) ?? .string(arguments)
    return Happening(
      "tool", ["speaker": .string(speaker), "name": .string(name), "arguments": arguments])
  }
}
