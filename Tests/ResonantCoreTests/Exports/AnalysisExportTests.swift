// SPDX-License-Identifier: MIT

import TestSupport
import Testing

@testable import ResonantCore

struct AnalysisExportTests {
  @Test(
    arguments: [
      (0.0625, 3, "0.062"), (0.1875, 3, "0.188"), (1.0005, 3, "1.000"), (0.9996, 3, "1.000"),
      (2.0 / 3, 3, "0.667"),
      (12, 0, "12"), (-0.25, 1, "-0.2"), (-0.001, 2, "0.00"), (0.0355, 3, "0.035"), (99.5, 0, "100"),
    ])
  func numbersAreRoundedAsInC(value: Double, places: Int, text: String) {
    #expect(Decimals.text(value, places) == text)
  }

  @Test func theTableForProgramsHasEscapes() {
    let source = AnalysisSource(
      id: "i", path: "a\tb\\c\n.jsonl", model: "m + n", condition: "k=v", seed: .max,
      texts: ["a", "b", "c"])
    let analysis = Analysis(
      [
        ConversationMeasures(source, AnalysisSettings()),
        Texts.measures([], path: "z"),
      ], AnalysisSettings())
    #expect(
      String(decoding: AnalysisTSV.document(of: analysis), as: UTF8.self) == """
        id\tpath\tindex\tmodel\tcondition\tseed\tturns\tlabel\tperiod\tonset\tloop\tloop_period\tloop_onset\t\
        episodes\tescape\ttail_novelty\ttail_similarity\tlength_ratio\tduplicate_of
        i\ta\\tb\\\\c\\n.jsonl\t0\tm + n\tk=v\t18446744073709551615\t3\tminimal\t0\t1\t\t0\t\t1-3\t0\t1.000\t0.000\t1.000\t
        z\tz\t0\t\t\t\t0\t\t\t\t\t\t\t\t\t\t\t\t

        """)
  }

  @Test func theWholeIsOneJSONObject() throws {
    var settings = AnalysisSettings()
    settings.measuresCompression = true
    let texts = Texts.different(2) + ["a", "b", "c"]
    let analysis = Analysis([Texts.measures(texts, condition: "c", settings)], settings)
    let json = try DecodedJSON.parse(AnalysisJSON.document(of: analysis))
    #expect(json["bootstrap"] == ["resamples": 2000, "seed": 1])
    #expect(json["thresholds"]?["minimal_letters"] == 40)
    let conversation = try #require(json["conversations"]?.array?.first)
    #expect(conversation["episodes"] == [[3, 5]])
    #expect(conversation["escape"] == false)
    #expect(conversation["letters"] == [200, 200, 1, 1, 1])
    #expect(conversation["similarity"]?.array?.first == .null)
    #expect(conversation["zlib_novelty"]?.array?.count == 5)
    #expect(conversation["duplicate_of"] == .null)
    let condition = try #require(json["conditions"]?.array?.first)
    #expect(condition["labels"]?["sustained"] == 1)
    for key in ["rate", "low", "high"] { #expect(condition["converged"]?[key] == 0) }
    #expect(condition["onset_median"] == .null)
    #expect(json["words"]?.array?.first?["condition"] == .null)
    #expect(json["words"]?.array?.count == 22)
    #expect(json["forks"] == [])
  }
}
