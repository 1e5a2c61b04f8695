// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import ResonantCore

struct PayloadTextTests {
  private let environment = ["USER_ID": "user-77", "KEY": "sesame-9", "EMPTY": ""]

  @Test func stringsAreFilledInAtAnyDepthAndNothingElse() throws {
    let payload: JSONObject = [
      "user": "${USER_ID}", "n": 1, "flag": true, "none": .null, "${KEY}": "x",
      "nested": ["list": ["a ${KEY} b", ["deep": "$${KEY} $5"]]],
    ]
    let text = try PayloadText(payload, environment: environment)
    #expect(
      JSONValue.object(text.filled).jsonText
        == #"{"user":"user-77","n":1,"flag":true,"none":null,"${KEY}":"x","#
        + #""nested":{"list":["a sesame-9 b",{"deep":"${KEY} $5"}]}}"#)
    #expect(text.values == ["user-77", "sesame-9"])
  }

  @Test(
    arguments: [
      (["a": ["b": ["x", "${GONE}"]]], "a.b[1]", "the environment variable GONE is not set"),
      (["a": "${EMPTY}"], "a", "the environment variable EMPTY is set, but empty"),
      (["a": "${not closed"], "a", "'${' begins no ${NAME}"),
    ] as [(JSONObject, String, String)])
  func whatCantBeFilledInIsNamedWithItsPlace(payload: JSONObject, path: String, reason: String) {
    #expect {
      _ = try PayloadText(payload, environment: environment)
    } throws: { error in
      let problem = error as? PayloadText.Problem
      return problem?.path == path && problem?.reason.hasPrefix(reason) == true
    }
  }

  @Test func referencesAreRecordedAlsoBehindKeysThatNameASecretAndValuesNever() throws {
    let conversation = try resolved(
      ["payload": ["api_key": "${KEY}", "token": "x-${KEY}", "password": "$${KEY}", "user": "u ${USER_ID}"]],
      context(environment))
    let expected: JSONObject = [
      "api_key": "${KEY}", "token": "***", "password": "***", "user": "u ${USER_ID}",
    ]
    #expect(conversation.facts.allSatisfy { $0.payload == expected })
    #expect(conversation.participants[0].payload["user"] == "u user-77")
    #expect(conversation.participants[0].endpoint.secrets.contains("user-77"))
  }

  @Test func aVariableWithAnotherValueContradictsNothing() throws {
    let options: JSONObject = ["bob_payload": ["user": "${USER_ID}"]]
    let before = try resolved(options, context(environment))
    let now = try resolved(options, context(["USER_ID": "user-78"]))
    let header = Transcript.Header(
      id: "1", created: .now, program: "resonant", participants: before.facts, settings: before.recorded)
    #expect(now.contradiction(with: Transcript(header: header)) == nil)
  }
}
