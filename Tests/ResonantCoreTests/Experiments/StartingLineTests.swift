// SPDX-License-Identifier: MIT

import Synchronization
import Testing

@testable import ResonantCore

@Suite struct StartingLineTests {
  @Test func theNextBeginsWhenAPlaceIsLeft() async {
    let line = StartingLine(places: 2)
    let entered = Mutex<[StartingLine.Place]>([])
    let feeder = Task {
      for _ in 0..<4 {
        let place = await line.enter()
        entered.withLock { $0.append(place) }
      }
    }
    await until { entered.withLock { $0.count } == 2 }
    let first = entered.withLock { $0[0] }
    first.leave()
    first.leave()
    await until { entered.withLock { $0.count } == 3 }
    // Left twice, but it was one place.
    for _ in 0..<100 { await Task.yield() }
    #expect(entered.withLock { $0.count } == 3)
    #expect(first.isLeft)
    entered.withLock { $0[1].leave() }
    await feeder.value
    #expect(entered.withLock { $0.count } == 4)
  }

  @Test func aPlaceThatIsForgottenIsLeft() async {
    let line = StartingLine(places: 1)
    for _ in 0..<3 { _ = await line.enter() }
  }

  private func until(_ isSo: () -> Bool) async {
    while !isSo() { await Task.yield() }
  }
}
