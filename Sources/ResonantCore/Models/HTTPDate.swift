// SPDX-License-Identifier: MIT

/// The dates of HTTP headers (RFC 9110, 5.6.7), in all three forms.
enum HTTPDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// Seconds since 1970, nil for what is no date.
  static func seconds(_ text: String) -> Double? {
    // `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`: in all of
    // them the month is the only name besides that of the day, and the time has the colons.
    let words = text.lowercased().split { $0 == " " || $0 == "," || $0 == "-" }.dropFirst()
    guard words.count >= 4, let month = words.firstIndex(where: { months.contains(String($0)) }) else {
      return nil
    }
    guard let name = months.firstIndex(of: String(words[month])) else { return nil }
    let numbers = words.filter { !$0.contains(":") }.compactMap { Int($0) }
    let time = (words.first { $0.contains(":") } ?? "").split(separator: ":").compactMap { Int($0) }
    guard numbers.count == 2, time.count == 3, (1...31).contains(numbers[0]), numbers[1] < 10_000 else {
      return nil
    }
    guard (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2]) else {
      return nil
    }
    let year = numbers[1] < 70 ? numbers[1] + 2000 : numbers[1] < 100 ? numbers[1] + 1900 : numbers[1]
    let day = days(year: year, month: name + 1, day: numbers[0])
    return Double(day * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2])
  }

  /// Days since 1970-01-01 in the Gregorian calendar; years are counted from March on, so that the leap day is the
  /// last of a year.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }
}
