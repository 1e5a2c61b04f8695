// SPDX-License-Identifier: MIT

extension Result where Failure == ModelError {
  var isCancelled: Bool {
    if case .failure(let error) = self { error.kind == .cancelled } else { false }
  }
}

extension Turn {
  /// Takes over what the model reported besides the text.
  mutating func take(_ completion: Completion) {
    usage = completion.usage
    finishReason = completion.finishReason
    toolCalls = completion.toolCalls
    retries = completion.retries
    servedModel = completion.servedModel == model ? nil : completion.servedModel
  }
}

extension Sequence<Turn> {
  /// Duration of the turns and the pauses between them in milliseconds, clamped to what a record may contain.
  func duration(pause: Duration) -> Int {
    reduce(nil as Int?) { sum, turn in
      ((sum.map { $0 + pause.milliseconds } ?? 0) + turn.milliseconds).clamped(to: Transcript.counts)
    } ?? 0
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}
