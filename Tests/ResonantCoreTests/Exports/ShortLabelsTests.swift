// SPDX-License-Identifier: MIT

import Testing

@testable import ResonantCore

struct ShortLabelsTests {
  private func short(_ labels: [String], _ width: Int = 40) -> [String] {
    let short = ShortLabels(labels, width: width)
    return labels.map { short[$0] }
  }

  private let freedom = "You have complete freedom to talk about whatever you like."

  @Test func whatFitsStaysAsItIs() {
    let labels = ["opening=Hello!,model=a", "opening=\"Hi, you\",model=b", "", "runs/study"]
    #expect(short(labels) == labels)
  }

  @Test func longValuesAreCutToOneWidthToTheirBeginning() {
    #expect(
      short(["model=a,opening=\(freedom)", "model=b,opening=Hello!", "model=b,opening=\(freedom)"], 36) == [
        "model=a,opening=You have complete f…", "model=b,opening=Hello!",
        "model=b,opening=You have complete f…",
      ])
  }

  @Test func valuesThatBeginAlikeShowWhereTheyDiffer() {
    #expect(
      short(
        ["alice_model=script:examples/study/praise.json", "alice_model=script:examples/study/thanks.json"], 32
      )
        == ["alice_model=script:e…praise.json", "alice_model=script:e…thanks.json"])
    #expect(
      short([freedom + " Be calm or leave it at that.", freedom + " Be wild or leave it at that."], 30) == [
        "You have …calm or leave it at…", "You have …wild or leave it at…",
      ])
  }

  @Test func forksAreToldEvenWithoutKeys() {
    let labels = [
      "payload.temperature=cold,opening=hello,perturb=8", "payload.temperature=cold,opening=hello",
    ]
    let short = ShortLabels(labels, width: 30)
    #expect(labels.map { short[$0] } == ["cold,hello,perturb=8", "cold,hello"])
  }

  @Test func keysAreLeftOutWhereValuesWouldHaveNoRoom() {
    let labels = ["alice_model=gemma3:27b,bob_model=llama3.2", "alice_model=gemma3:27b,bob_model=gemma3:4b"]
    #expect(short(labels, 24) == ["gemma3:27b,llama3.2", "gemma3:27b,gemma3:4b"])
    // Without keys these would be alike.
    #expect(Set(short(["model=a1234567890,topic=b", "topic=a1234567890,model=b"], 20)).count == 2)
  }

  @Test(arguments: [8, 12, 20, 30, 60])
  func differentLabelsStayDifferent(width: Int) {
    let long = String(repeating: "x", count: 100)
    for labels in [
      [
        "a=\(long)1\(long),b=2", "a=\(long)2\(long),b=2", "a=\(long)1\(long),b=3", "a=\(long),b=2", "a=,b=2",
        "a=x",
      ],
      (1...100).map { "opening=\(long.prefix($0)),repeat=\($0 % 7)" },
      (1...50).map { "payload={\"a\":[1,2,\($0)],\"b\":\"c,d\"},opening=\"one, \\\"two\\\", \($0)\"" },
      ["opening={a", "opening={a,model=b", "opening=a]b", "opening=[", ",", "=", ",,", "a=b=c,d"],
      ["é\(long)", "e\u{301}\(long)e", "日本語\(long)", "日本\(long)"],
    ] {
      let short = short(labels, width)
      #expect(Set(short).count == labels.count, "\(short)")
      #expect(short.allSatisfy { !$0.contains("\n") })
    }
  }

  @Test func aLabelIsNoWiderThanThereIsRoom() {
    let labels = (1...40).map {
      "opening=\(freedom)\($0),system_prompt=\($0) \(freedom),payload.temperature=\($0)"
    }
    for width in [12, 20, 33, 60, 100] {
      #expect(short(labels, width).allSatisfy { $0.count <= width }, "\(width)")
    }
    let wide = ShortLabels(["日本語日本語日本語"], width: 10) { $0 == "…" ? 1 : 2 }
    #expect(wide["日本語日本語日本語"] == "日本語日…")
  }

  @Test func lineBreaksAreSpaces() {
    #expect(short(["a\nb"]) == ["a b"])
  }
}
