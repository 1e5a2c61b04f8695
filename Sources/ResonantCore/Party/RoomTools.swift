// SPDX-License-Identifier: MIT

import OrderedCollections

/// The tools of a room besides `NextSpeakerTool`.
enum RoomTools {
  static let skip = Tool(
    name: "skip", description: Prompts.skipTool, parameters: ["type": "object", "properties": [:]])

  static let setTriggers = "set_triggers"
  static let scoreTriggers = "score_triggers"

  static func setTriggers(limit: Int) -> Tool {
    Tool(
      name: setTriggers, description: Prompts.triggersTool,
      parameters: [
        "type": "object",
        "properties": [
          "triggers": [
            "type": "array", "items": ["type": "string"], "maxItems": .int(limit),
            "description": .string(Prompts.triggersArgument),
          ]
        ],
        "required": ["triggers"],
      ])
  }

  /// The triggers in a call: trimmed, without blank ones, the first `limit`; nil if the call has no list.
  static func triggers(in arguments: JSONObject, limit: Int) -> [String]? {
    guard let items = arguments["triggers"]?.array else { return nil }
    let texts = items.compactMap { $0.string?.trimmed }.filter { !$0.isEmpty }
    return Array(texts.prefix(limit))
  }

  /// - Parameter triggers: by the participant's display name.
  static func scoreTriggers(_ triggers: [(name: String, triggers: [String])], threshold: Int) -> Tool {
    var properties: JSONObject = [:]
    for (name, triggers) in triggers {
      properties[Participant.apiName(of: name)] = [
        "type": "object",
        "properties": [
          "score": [
            "type": "integer", "minimum": 1, "maximum": 10,
            "description": .string(Prompts.score(name, triggers: triggers, threshold: threshold)),
          ],
          // Where a grammar forces the call, nothing else would end a rationale.
          "rationale": [
            "type": "string", "maxLength": 300, "description": .string(Prompts.rationale),
          ],
        ],
        "required": ["score", "rationale"],
      ]
    }
    return Tool(
      name: scoreTriggers, description: Prompts.scoreTool,
      parameters: [
        "type": "object", "properties": .object(properties),
        "required": .array(properties.keys.map(JSONValue.string)),
      ])
  }
}
