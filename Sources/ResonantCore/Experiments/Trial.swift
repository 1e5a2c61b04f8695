// SPDX-License-Identifier: MIT

/// One conversation of an experiment: a condition, and the number of the repeat; possibly a fork of another trial.
public struct Trial: Sendable, Equatable, Identifiable {
  public var condition: Condition
  /// From 1.
  public var `repeat`: Int
  /// Nil for a trial that is no fork.
  public let fork: ForkNumber?
  /// Names the trial's file: a few words of the condition's values to recognise it by, the repeat, and ten
  /// digits of a hash to make it unique. It depends only on the condition's values and the repeat, so it
  /// stays the same when values, repeats or conditions are added, or when the plan's keys are reordered. A fork's
  /// is that of its trial, and its number.
  public let id: String

  public init(condition: Condition, repeat: Int) {
    self.condition = condition
    self.repeat = `repeat`
    fork = nil
    let hash = StableHash.digits(of: "\(condition.identity)#\(`repeat`)", count: 10)
    id = "\(condition.words)-r\(`repeat`)-\(hash)"
  }

  /// A fork of a trial.
  ///
  /// - Parameter condition: that of the trial's forks.
  init(fork number: ForkNumber, of trial: Trial, condition: Condition) {
    self.condition = condition
    self.repeat = trial.repeat
    fork = number
    id = trial.id(ofFork: number)
  }

  func id(ofFork fork: ForkNumber) -> String { id + fork.suffix }

  /// The id of the trial that this is a fork of; nil if it is none.
  var parent: String? { fork.map { String(id.dropLast($0.suffix.count)) } }

  /// The seed of this trial's random choices, derived from the plan's seed and the trial's id.
  public func seed(of plan: UInt64) -> UInt64 {
    var mixer = SplitMix64(seed: plan ^ StableHash.value(of: id))
    return mixer.next()
  }
}

/// The readable part of a trial's id.
enum TrialWords {
  private static let longestValue = 16
  private static let longestWords = 48

  static func words(of values: JSONObject) -> String {
    let values = values.elements.sorted { $0.key < $1.key }.map {
      slug(of: Condition.text(of: Condition.canonical($0.value)))
    }
    let words = trimmed(values.filter { !$0.isEmpty }.joined(separator: "-"), to: longestWords)
    return words.isEmpty ? "base" : words
  }

  /// The lower-case ASCII letters and digits of a text, with a hyphen for everything between them.
  private static func slug(of text: String) -> String {
    var slug = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9": slug.unicodeScalars.append(scalar)
      case "A"..."Z": slug += scalar.properties.lowercaseMapping
      default: if !slug.isEmpty && slug.utf8.last != UInt8(ascii: "-") { slug += "-" }
      }
      if slug.utf8.count >= longestValue { break }
    }
    return trimmed(slug, to: longestValue)
  }

  private static func trimmed(_ slug: String, to length: Int) -> String {
    var bytes = slug.utf8.prefix(length)
    while bytes.last == UInt8(ascii: "-") { bytes = bytes.dropLast() }
    return String(Substring(bytes))
  }
}

/// A hash for names that is the same on every platform and in every run, but not secure against deliberate
/// collisions: FNV-1a, 64 bits (Fowler, Noll and Vo), mixed so that any of its digits may be used alone.
enum StableHash {
  static func value(of text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var mixer = SplitMix64(seed: hash)
    return mixer.next()
  }

  /// The first `count` of the sixteen hexadecimal digits.
  static func digits(of text: String, count: Int) -> String {
    let digits = String(value(of: text), radix: 16)
    return String((String(repeating: "0", count: 16 - digits.count) + digits).prefix(count))
  }
}
