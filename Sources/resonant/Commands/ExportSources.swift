// SPDX-License-Identifier: MIT

import ResonantCore

/// The conversations that are exported. All are looked at first, so that a mistake is found before anything is
/// written; those of directories, which may hold any number, are read a second time when their turn comes.
struct ExportSources {
  /// One conversation, and the name of its export without extension.
  struct Item: Sendable {
    var file: TranscriptFiles.Candidate
    var index: Int
    var header: Transcript.Header
    var name: String
  }

  private(set) var items: [Item] = []
  private let format: ForeignFormat?
  /// The files that were named, by path: a pipe can't be read twice.
  private var named: [String: TranscriptSource] = [:]
  /// The file of a directory that was read last.
  private var last: TranscriptSource?

  init(_ paths: [String], from format: ForeignFormat?) throws(ConfigurationError) {
    self.format = format
    let files: [TranscriptFiles.Candidate]
    do {
      files = try TranscriptFiles.find(paths, warn: Diagnostics.warning)
    } catch {
      throw ConfigurationError(nil, error.description)
    }
    var ruins: [RecordError] = []
    for file in files {
      do throws(RecordError) {
        if let ruin = try add(file) { ruins.append(ruin) }
      } catch {
        guard !file.isNamed else { throw ConfigurationError(nil, error.description) }
        Diagnostics.warning("\(error); it was left out")
      }
    }
    TranscriptSource.ruins(ruins).map(Diagnostics.warning)
    guard !items.isEmpty else {
      throw ConfigurationError(nil, "there is no transcript in \(paths.joined(separator: ", "))")
    }
    distinguish()
  }

  /// The transcript of an item.
  mutating func transcript(_ item: Item) throws(RecordError) -> Transcript {
    if let source = named[item.file.path] { return try source.transcript(at: item.index) }
    if last?.path != item.file.path { last = try TranscriptSource(item.file, as: format) }
    guard let last else {
      throw RecordError(.missing, item.file.path, "the file was replaced while it was read")
    }
    return try last.transcript(at: item.index)
  }

  /// Returns what is wrong with a file of a directory of which nothing is left.
  private mutating func add(_ file: TranscriptFiles.Candidate) throws(RecordError) -> RecordError? {
    guard let source = try TranscriptSource(file, as: format) else { return nil }
    source.warnings.forEach(Diagnostics.warning)
    if file.isNamed { named[file.path] = source }
    var damages: [RecordError] = []
    for index in source.indices {
      do throws(RecordError) {
        let header = try source.transcript(at: index).header
        let isOne = source.indices.count == 1 && file.index == nil
        let stem = Self.stem(of: file.path, source.format)
        let name = isOne ? stem : "\(stem)-\(index)"
        items.append(Item(file: file, index: index, header: header, name: name))
      } catch {
        damages.append(error)
      }
    }
    guard let first = damages.first else { return nil }
    if damages.count == source.indices.count {
      let ruin = TranscriptSource.ruin(first, of: damages.count)
      if file.isNamed { throw ruin }
      return ruin
    }
    Diagnostics.warning(TranscriptSource.damage(first, and: damages.count - 1))
    return nil
  }

  /// The name of a file without its extension.
  private static func stem(of path: String, _ format: ForeignFormat?) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let extensions = format == nil ? [".jsonl"] : [".jsonl", ".json", ".txt"]
    guard let suffix = extensions.first(where: name.hasSuffix), name.utf8.count > suffix.utf8.count else {
      return shortened(name)
    }
    return shortened(String(name.dropLast(suffix.count)))
  }

  /// Names of files have 255 bytes at most; a number, a time and an extension may be added.
  private static func shortened(_ name: String) -> String {
    var name = name
    while name.utf8.count > 180 { name.removeLast() }
    return name
  }

  /// Makes the names distinct, also where a file system ignores case: equal ones of directories by the folder
  /// in which they were found, others by a number.
  private mutating func distinguish() {
    var counts: [String: Int] = [:]
    for item in items { counts[item.name.lowercased(), default: 0] += 1 }
    var taken: Set<String> = []
    for index in items.indices {
      let item = items[index]
      let folders = item.file.path.split(separator: "/").dropLast()
      var stem = item.name
      if counts[item.name.lowercased(), default: 0] > 1, !item.file.isNamed, let folder = folders.last {
        stem = "\(folder)-\(item.name)"
      }
      var name = stem
      var number = 2
      while !taken.insert(name.lowercased()).inserted {
        name = "\(stem)-\(number)"
        number += 1
      }
      items[index].name = name
    }
  }
}
