// SPDX-License-Identifier: MIT

/// Numbers in the words of errors.
extension ProviderError {
  /// The context size in tokens, if the error states it.
  var namedLimit: Int? {
    if let contextLimit { return contextLimit }
    let words = words
    for phrase in Self.limitPhrases {
      guard let range = words.firstRange(of: phrase) else { continue }
      if let number = Self.number(at: words[range.upperBound...]) { return number }
    }
    // Mistral: "… too large for model with 32768 maximum context length".
    let before = words.firstRange(of: " maximum context length").map { words[..<$0.lowerBound] }
    return before?.split(separator: " ").last.flatMap { Int($0) }
  }

  /// Phrases that precede the limit; the more specific ones come first.
  private static let limitPhrases = [
    // OpenAI, vLLM, SGLang.
    "maximum context length is", "maximum context length of", "maximum context length:",
    "maximum prompt length is",  // xAI
    "configured limit of",  // OpenAI
    // LM Studio, vLLM.
    "context length of only", "context length is only", "context length of", "context length",
    "available context size",  // llama.cpp
    "maximum number of tokens allowed",  // Gemini
    "max input tokens:",  // Bedrock
    "must be <=", "must have less than",  // TGI
    "cannot exceed",  // Cohere
    "maximum model length of",  // vLLM
    "input length should be [1,",  // Alibaba
    "model token limit:",  // Moonshot
    "exceeds the limit of",  // GitHub
    "max_seq_len", "input length limit",  // TabbyAPI, MLC
    "context window of", "context window limit (",  // llama-cpp-python, Cloudflare
    " >",  // Anthropic: "213462 tokens > 200000 maximum"
  ]

  /// A number after blanks, brackets and quotes, with or without commas between thousands.
  private static func number(at text: Substring) -> Int? {
    let digits = text.drop { " (`'\"".contains($0) }.prefix { $0.isASCII && $0.isNumber || $0 == "," }
    return Int(digits.filter { $0 != "," })
  }

  /// How long the endpoint asks to wait, from the body of its error.
  var namedDelay: Duration? {
    if let retryDelay { return retryDelay }
    let words = words
    for phrase in ["try again in ", "retry in ", "try again after ", "retry after ", "please wait "] {
      guard let range = words.firstRange(of: phrase) else { continue }
      if let delay = Self.duration(words[range.upperBound...]) { return delay }
    }
    return nil
  }

  /// A member `retry_after` in seconds, or an entry in Google's `details` with a member such as
  /// `"retryDelay": "34.5s"`
  /// (https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto, RetryInfo).
  static func retryDelay(in error: JSONObject) -> Duration? {
    if let seconds = error["retry_after"]?.double, seconds >= 0 { return .seconds(min(seconds, 1e9)) }
    let texts = (error["details"]?.array ?? []).compactMap { $0["retryDelay"]?.string }
    return texts.first.flatMap { duration($0[...]) }
  }

  /// A duration in the notation of OpenAI, Groq, Google and Azure: `7.66s`, `1m2.5s`, `350ms`, `24 seconds`.
  /// Nil without a unit.
  static func duration(_ text: Substring) -> Duration? {
    var rest = text
    var sum: Double?
    while true {
      let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      guard let count = Double(digits) else { break }
      let behind = rest[digits.endIndex...].drop { $0 == " " }
      let unit = behind.prefix { $0.isLetter }
      guard let seconds = units[String(unit)] else { break }
      sum = (sum ?? 0) + count * seconds
      rest = behind[unit.endIndex...]
      if rest.dropFirst().first?.isNumber == true, rest.first == " " { rest = rest.dropFirst() }
    }
    // Clamp to more than anyone would wait for and less than a `Duration` can hold.
    return sum.map { .seconds(min($0, 1e9)) }
  }

  /// In seconds.
  private static let units: [String: Double] = [
    "ms": 0.001, "milliseconds": 0.001, "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60,
    "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600,
  ]
}
