// SPDX-License-Identifier: MIT

import ResonantCore
import Synchronization

/// Warns on standard error of a moderator that is to choose the speakers and names nobody: chance chooses then, and
/// nothing else shows it.
struct ModeratorView: ConversationObserver {
  /// Whether failures are told, too, because nothing else shows them.
  let tellsFailures: Bool
  private let counts = Counts()

  init(tellsFailures: Bool) { self.tellsFailures = tellsFailures }

  private final class Counts: Sendable {
    private let values = Mutex((asked: 0, invalid: 0))

    /// Returns how often the moderator has named nobody so far.
    func add(isValid: Bool) -> Int {
      values.withLock { values in
        values.asked += 1
        values.invalid += isValid ? 0 : 1
        return values.invalid
      }
    }

    var now: (asked: Int, invalid: Int) { values.withLock { $0 } }
  }

  func observe(_ event: ConversationEvent) async {
    switch event {
    case .occurred(let event): note(event)
    case .ended: sumUp()
    default: break
    }
  }

  private func note(_ event: Transcript.Event) {
    if tellsFailures, event.kind == "error", event.fields["during"] == "selection",
      event.fields["speaker"] == nil
    {
      Diagnostics.warning("the next speaker was not chosen: \(event.fields["message"]?.string ?? "")")
    }
    guard event.kind == "selection", let isValid = event.fields["valid"]?.bool else { return }
    guard counts.add(isValid: isValid) == 1, !isValid else { return }
    let answer = event.fields["answer"]?.string.map { ": \($0)" } ?? ""
    Diagnostics.warning("the moderator's answer names nobody who may speak; chance chooses\(answer)")
  }

  private func sumUp() {
    let (asked, invalid) = counts.now
    guard invalid > 1, invalid * 2 > asked else { return }
    Diagnostics.warning(
      "the moderator's answers named nobody who may speak in \(invalid.grouped) of \(asked.grouped) choices; chance"
        + " chose: another model may be better at calling tools")
  }
}
