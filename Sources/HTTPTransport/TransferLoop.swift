// SPDX-License-Identifier: MIT

import CCurl
import Synchronization

/// One thread with one multi handle, and the exchanges that run on it.
///
/// `@unchecked Sendable`: any thread may use `inbox` and `places`, and call `driver.wake` while holding the
/// inbox's lock. Everything else belongs to the loop's thread, which starts at the end of `init`.
final class TransferLoop: @unchecked Sendable {
  enum Command {
    case start(Transfer)
    case cancel(Transfer)
    case shutDown
  }

  private struct Inbox {
    var commands: [Command] = []
    var isClosed = false
  }

  private let configuration: HTTPTransport.Configuration
  private let multi: UnsafeMutableRawPointer
  private let driver: any SocketDriver
  private let inbox = Mutex(Inbox())
  private let places = Atomic(0)

  /// When the last wait ended. Serves as the current time until the next wait.
  private(set) var now = Monotonic.now()
  private var transfers: [Transfer] = []
  /// Transfers that have received body bytes since libcurl was last called.
  private var received: [Transfer] = []
  private var gate: ConnectionGate
  /// Whether the host speaks HTTP/2. Set in a callback and applied after it; nil when there is nothing to
  /// apply.
  private var probedMultiplexing: Bool?
  /// A lower bound of all deadlines.
  private var nextDeadline = UInt64.max
  private var isRunning = true

  /// - Parameter sharesConnections: the loop serves one TLS host.
  init(_ configuration: HTTPTransport.Configuration, sharesConnections: Bool) throws(HTTPError) {
    guard let multi = ccurl_multi_init() else { throw .tooManyOpenFiles }
    self.configuration = configuration
    self.multi = multi
    gate = ConnectionGate(isOpen: !sharesConnections)
    do throws(HTTPError) {
      driver = try Self.driver(configuration.eventLoop, multi)
    } catch {
      ccurl_multi_cleanup(multi)
      throw error
    }
    if sharesConnections {
      ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.connectionsPerHost)
    }
    guard startThread({ self.run() }) else {
      close()
      throw HTTPError(.other, "no thread could be started: raise the limit (`ulimit -u`)")
    }
  }

  private static func driver(
    _ kind: HTTPTransport.Configuration.EventLoop, _ multi: UnsafeMutableRawPointer
  ) throws(HTTPError) -> any SocketDriver {
    switch kind {
    #if os(Linux)
    case .epoll: try EpollDriver(multi)
    #endif
    case .poll: PollDriver(multi)
    }
  }
}

// MARK: - From any thread

extension TransferLoop {
  /// The number of exchanges with a place in this loop.
  var load: Int { places.load(ordering: .relaxed) }

  func takePlace() { places.add(1, ordering: .relaxed) }

  func givePlaceBack() { places.subtract(1, ordering: .relaxed) }

  /// Queues a command; commands run in order. Returns false if the loop has ended.
  func post(_ command: Command) -> Bool {
    inbox.withLock { inbox in
      if inbox.isClosed { return false }
      inbox.commands.append(command)
      if inbox.commands.count == 1 { driver.wake() }
      return true
    }
  }

  func shutDown() { _ = post(.shutDown) }
}

// MARK: - On the loop's thread

extension TransferLoop {
  private func run() {
    while isRunning {
      takeCommands().forEach(perform)
      driver.wait(milliseconds: waitingTime())
      now = Monotonic.now()
      driver.act(now: now) { noteArrivals() }
      endFinished()
      applyProbe()
      if now >= nextDeadline { endSilent() }
    }
    close()
  }

  /// Called in a callback when the transfer has received body bytes.
  func notePause(for transfer: Transfer) { received.append(transfer) }

  /// Calls `receivePause` for the transfers that have just received data, while it is still in the CPU's
  /// cache.
  private func noteArrivals() {
    for transfer in received {
      transfer.hasReceived = false
      guard transfer.loop != nil, let head = transfer.head, transfer.ending == nil else { continue }
      if case .stop = transfer.sink.receivePause() { end(transfer, .success(head)) }
    }
    received.removeAll(keepingCapacity: true)
  }

  private func takeCommands() -> [Command] {
    inbox.withLock { inbox in
      defer { inbox.commands = [] }
      return inbox.commands
    }
  }

  private func perform(_ command: Command) {
    switch command {
    case .start(let transfer):
      transfer.loop = self
      transfer.index = transfers.count
      transfers.append(transfer)
      expect(transfer.deadline.time)
      if gate.admit(transfer) { launch(transfer) }
      transfer.sink.begin()
    case .cancel(let transfer):
      if transfer.loop != nil { end(transfer, .failure(.cancelled(transfer.address))) }
    case .shutDown:
      isRunning = false
    }
  }

  /// Milliseconds until the next deadline, at most a minute.
  private func waitingTime() -> Int32 {
    guard isRunning else { return 0 }
    guard nextDeadline != .max else { return 60_000 }
    let now = Monotonic.now()
    guard nextDeadline > now else { return 0 }
    return Int32(clamping: min(60_000, (nextDeadline - now + 999_999) / 1_000_000))
  }

  /// Buffer size in bytes. A large buffer saves system calls when a response arrives at full speed. With many
  /// exchanges, small buffers save most of the memory per exchange.
  private var receiveBuffer: Int { min(16 * 1024, max(1024, 64 * 1024 / max(1, transfers.count))) }

  /// Hands a transfer to libcurl.
  private func launch(_ transfer: Transfer) {
    guard let easy = EasyHandle(tellsErrors: transfer.address.isSecure) else {
      return end(transfer, .failure(HTTPError(.other, "libcurl is out of memory")))
    }
    transfer.easy = easy
    transfer.prepare(easy, configuration, receiveBuffer: receiveBuffer)
    if gate.isProbe(transfer) { transfer.watchProtocol(easy) }
    let code = ccurl_multi_add_handle(multi, easy.pointer)
    if code != CURLM_OK { end(transfer, .failure(.libcurl(CURLE_FAILED_INIT, in: transfer))) }
  }

  /// Ends the exchanges that libcurl has finished, or follows their redirects.
  private func endFinished() {
    var remaining: Int32 = 0
    while let message = ccurl_multi_info_read(multi, &remaining)?.pointee {
      guard message.msg == CURLMSG_DONE, let easy = message.easy_handle,
        let transfer = Transfer.owner(of: easy)
      else { continue }
      let code = message.data.result
      if code == CURLE_OK, transfer.ending == nil, let target = transfer.redirect {
        release(transfer)
        transfer.follow(target)
        launch(transfer)
      } else {
        end(transfer, transfer.outcome(of: code))
      }
    }
  }

  /// Removes the transfer from the loop and from libcurl, which closes the connection if the exchange is
  /// unfinished.
  private func end(_ transfer: Transfer, _ outcome: Transfer.Outcome) {
    release(transfer)
    transfer.loop = nil
    if let last = transfers.popLast(), last !== transfer {
      last.index = transfer.index
      transfers[transfer.index] = last
    }
    givePlaceBack()
    transfer.finish(outcome)
    if probedMultiplexing == nil, gate.isProbe(transfer) { readmit(gate.close(), after: outcome) }
  }

  /// Removes the transfer's handle from libcurl and frees it.
  private func release(_ transfer: Transfer) {
    guard let easy = transfer.easy else { return }
    ccurl_multi_remove_handle(multi, easy.pointer)
    easy.free()
    transfer.easy = nil
  }

  private func close() {
    let rest = inbox.withLock { inbox in
      inbox.isClosed = true
      return inbox.commands
    }
    rest.forEach(perform)
    _ = gate.open()
    while let transfer = transfers.last { end(transfer, .failure(.cancelled(transfer.address))) }
    ccurl_multi_cleanup(multi)
    driver.close()
  }
}

// MARK: - Deadlines and the gate

extension TransferLoop {
  /// Makes the loop check its deadlines at that time.
  func expect(_ deadline: UInt64) { nextDeadline = min(nextDeadline, deadline) }

  /// Ends the transfers whose deadline has passed. Checks all transfers, but rarely: progress only moves
  /// deadlines away, and the next check is at the nearest deadline of now.
  private func endSilent() {
    nextDeadline = transfers.reduce(.max) { $1.deadline.time > now ? min($0, $1.deadline.time) : $0 }
    for transfer in transfers where transfer.loop != nil && transfer.deadline.time <= now {
      if transfer.deadline.isComplete, let head = transfer.head {
        end(transfer, .success(head))
      } else {
        end(transfer, .failure(.silence(in: transfer)))
      }
    }
  }

  /// Called in a callback, where libcurl's functions must not be called.
  func noteProbe(isMultiplexed: Bool) {
    if case .probing = gate.state, probedMultiplexing == nil { probedMultiplexing = isMultiplexed }
  }

  private func applyProbe() {
    guard let isMultiplexed = probedMultiplexing else { return }
    probedMultiplexing = nil
    if case .probing(let probe) = gate.state { probe.easy?.set(CURLOPT_VERBOSE, 0) }
    if !isMultiplexed { ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 0) }
    for transfer in gate.open() where transfer.loop != nil { launch(transfer) }
  }

  /// Transfers that waited for the probe share its failure to connect. If the probe ended in any other way,
  /// one of them becomes the next probe.
  private func readmit(_ waiting: [Transfer], after outcome: Transfer.Outcome) {
    for transfer in waiting where transfer.loop != nil {
      if case .failure(let error) = outcome, error.concernsHost {
        end(transfer, .failure(error))
      } else if gate.admit(transfer) {
        launch(transfer)
      }
    }
  }
}

extension HTTPError {
  /// Whether another exchange with the same host at the same time would have failed in the same way.
  fileprivate var concernsHost: Bool {
    switch kind {
    case .resolve, .connect, .connectTimeout, .tls, .proxy, .tooManyOpenFiles: true
    default: false
    }
  }
}
