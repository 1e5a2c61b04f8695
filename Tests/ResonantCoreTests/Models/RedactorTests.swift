// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

@Suite struct RedactorTests {
  @Test func masksEverySecretLongestFirst() {
    let redactor = Redactor(secrets: ["sk-abc", "Bearer sk-abc-long", "sk-abc-long", "no", ""])
    #expect(
      redactor.redact("got Bearer sk-abc-long and sk-abc-long, sk-abc; no") == "got *** and ***, ***; no")
    #expect(redactor.redact("nothing here") == "nothing here")
  }

  @Test func masksWhatIsLeftOfASecretWhereATextWasCutOff() {
    let redactor = Redactor(secrets: ["sk-abc-long-one"])
    #expect(redactor.redact("got sk-abc-l") == "got ***")
    #expect(redactor.redact("got sk-abc-l, no") == "got sk-abc-l, no")
    #expect(redactor.redact("got sk-abc") == "got sk-abc")
  }

  @Test func masksASecretAsJSONAndURLsSpellIt() {
    let redactor = Redactor(secrets: ["ab/cd+ef=="])
    #expect(redactor.redact(#"ab\/cd+ef== and /ab%2Fcd%2Bef%3D%3D?x"#) == "*** and /***?x")
  }

  @Test func masksBytesNotCharacters() {
    #expect(Redactor(secrets: ["secret"]).redact("asecret\u{301}b") == "a***\u{301}b")
  }

  @Test(arguments: [
    "api_key", "apiKey", "apikey", "API-KEY", "key", "token", "access_token", "authToken", "accesstoken",
    "secret",
    "client_secret", "secret_name", "password", "db_password", "Authorization", "openai_key_2", "x-api-key",
  ])
  func theseKeysNameASecret(key: String) {
    #expect(Redactor.isSecret(key))
  }

  @Test(arguments: [
    "max_tokens", "max_completion_tokens", "maxTokens", "num_tokens", "top_k", "keyword", "token_healing",
    "stop_token_ids", "keep_alive", "monkey_name", "temperature", "num_keep", "model",
  ])
  func theseDoNot(key: String) {
    #expect(!Redactor.isSecret(key))
  }

  @Test func payloadsAreMaskedAtAnyDepth() {
    let payload: JSONObject = [
      "max_tokens": 5, "api_key": "abc",
      "nested": ["token": "t", "list": [["password": 12345]], "use_key": true],
      "keys": ["one", ["two": "three"]],
    ]
    let masked = Redactor.masked(payload)
    #expect(
      JSONValue.object(masked).jsonText
        == #"{"max_tokens":5,"api_key":"***","nested":{"token":"***","list":[{"password":"***"}],"use_key":true},"#
        + #""keys":["***",{"two":"***"}]}"#)
    #expect(Redactor.secrets(in: payload) == ["abc", "t", "12345", "one", "three"])
  }
}
