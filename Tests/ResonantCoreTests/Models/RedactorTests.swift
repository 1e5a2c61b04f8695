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

  @Test(arguments: [
    #"sk-a\u002bb/c=&"1"#, #"sk-a\u002Bb\/c\u003d\u0026\"1"#, "sk-a&#x2B;b&#X2f;c&#61;&amp;&quot;1",
    "sk-a&plus;b&sol;c&equals;&amp;&#34;1", "sk-a%2bb%2Fc%3D%26%221", "s%6B-a+b/c=&\"1", #"sk-a\x2bb/c=&"1"#,
    #"sk-a\\u002bb\\/c=&\\\"1"#, "sk-a%252bb%252fc%253d%2526%25221", "sk-a&amp;#43;b/c=&amp;amp;&amp;quot;1",
    #"sk-a\u{2b}b/c=&"1"#, #"\163k-a\053b/c=&"1"#, "&#115&#107-a&#43b/c=&\"1",
  ])
  func masksASecretHoweverItIsEscaped(spelling: String) {
    let redactor = Redactor(secrets: [#"sk-a+b/c=&"1"#, "key-é😀-9"])
    #expect(redactor.redact("bad <\(spelling)>, no") == "bad <***>, no")
  }

  @Test(arguments: [
    ("x sk-longer\\u002", "x ***"), ("x sk-longer%2", "x ***"), ("x sk-longer&#x2", "x ***"),
    ("x sk-longer\\", "x ***"),
    ("x sk-longer+one%2", "x ***%2"), (#"key-\u00e9\ud83d\ude00-9!"#, "***!"),
    ("key-%C3%A9%F0%9F%98%80-9!", "***!"),
    ("key-&#233;&#128512;-9", "***"), ("sk-longer+onesk-longer+one", "******"),
    ("100% &c. \\o/ sk-longer!", "100% &c. \\o/ sk-longer!"),
    ("ab%2Fab%2Fcd, ab/abcd", "***, ab/abcd"),
  ])
  func masksWhatIsCutOffInAnEscapeToo(text: String, masked: String) {
    let redactor = Redactor(secrets: ["sk-longer+one", "key-é😀-9", "ab%2Fab%2Fcd"])
    #expect(redactor.redact(text) == masked)
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
