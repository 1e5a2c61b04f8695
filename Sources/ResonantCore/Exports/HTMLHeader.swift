// SPDX-License-Identifier: MIT

/// The part of a page above the turns.
struct HTMLHeader {
  let transcript: Transcript
  let speakers: Speakers
  let fragments: FragmentCache
  /// What the conversation has become; may be empty.
  let label: String

  private var header: Transcript.Header { transcript.header }
  private var isRoom: Bool { header.mode == .party }

  var html: String {
    """
    <header>
    <h1>\(HTMLText.escape(Wording.title(of: header)))</h1>
    <p class="lead">\(HTMLText.escape(lead))</p>
    \(label)\(topic)\(models)
    <dl class="facts">\(transcript.facts.map(tile).joined())</dl>
    \(introductions)\(prompts)\(preambles)</header>

    """
  }

  private var lead: String {
    let who =
      isRoom
      ? "A room of \(Wording.participants(of: header))" : Wording.list(header.participants.map(\.name))
    let date = header.knownCreated.map { " · \(Wording.minute($0)) UTC" } ?? ""
    return "\(who) · \(Wording.count(transcript.turns.count, "turn"))\(date)"
  }

  private var topic: String {
    guard let topic = transcript.topicBesideTitle else { return "" }
    return """
      <details class="topic"\(open(topic, atMost: 4000))><summary>Topic</summary>\(HTMLText.verbatim(topic))</details>

      """
  }

  private var models: String {
    let facts = transcript.modelFacts
    return facts.isEmpty ? "" : #"<dl class="models">"# + facts.map(model).joined() + "</dl>"
  }

  private func model(_ fact: Fact) -> String {
    let value = HTMLText.escape(fact.value)
    return """
      <dt class="\(speakers.hue(of: fact.label))">\(HTMLText.isolated(fact.label))</dt>\
      <dd title="\(value)"><bdi>\(value)</bdi></dd>
      """
  }

  private func tile(_ fact: Fact) -> String {
    let value = HTMLText.escape(fact.value)
    let length = fact.value.utf8.count > 28 ? #" class="long""# : ""
    return "<div\(length)><dt>\(fact.label)</dt><dd title=\"\(value)\"><bdi>\(value)</bdi></dd></div>"
  }

  private var introductions: String {
    let all = transcript.introductions
    guard !all.isEmpty else { return "" }
    let items = all.map { fact in
      """
      <dt class="\(speakers.hue(of: fact.label))">\(HTMLText.isolated(fact.label))</dt>\
      <dd>\(HTMLText.verbatim(fact.value))</dd>
      """
    }
    return """
      <details class="bios"><summary>\(Wording.count(all.count, "introduction"))</summary><dl>\(items.joined())</dl>\
      </details>

      """
  }

  /// One block if all participants have the same prompt, else one for each; in a room these are folded.
  private var prompts: String {
    let machines = header.prompted
    guard let first = machines.first else { return "" }
    let isEverybody = machines.count == header.participants.count { !$0.human }
    if isEverybody, machines.allSatisfy({ $0.systemPrompt == first.systemPrompt }) {
      return prompt(first.systemPrompt, of: "System prompt", hue: "")
    }
    let all = machines.map { machine in
      let label = "System prompt of <b>\(HTMLText.isolated(machine.name))</b>"
      return prompt(machine.systemPrompt, of: label, hue: speakers.hue(of: machine.name))
    }.joined()
    guard isRoom else { return all }
    return """
      <details class="prompts"><summary>\(Wording.count(machines.count, "system prompt"))</summary>
      \(all)</details>

      """
  }

  private func prompt(_ prompt: String?, of label: String, hue: String) -> String {
    let text = prompt ?? ""
    let shown = text.isEmpty ? "<p class=\"event\">None.</p>" : HTMLText.verbatim(text)
    return
      "<details class=\"prompt \(hue)\"\(open(text, atMost: 800))><summary>\(label)</summary>\(shown)</details>\n"
  }

  /// The attribute that unfolds a block, if its text has at most so many bytes.
  private func open(_ text: String, atMost count: Int) -> String { text.utf8.count <= count ? " open" : "" }

  private var preambles: String {
    var owners: [String] = []
    for owner in transcript.preambles.map(\.owner) where !owners.contains(owner) { owners.append(owner) }
    return owners.map { owner in
      let messages = transcript.preambles.filter { $0.owner == owner }
      let articles = messages.map { HTMLTurn.preamble($0, fragments: fragments) }.joined()
      return """
        <details class="\(speakers.hue(of: owner))" open><summary>Preamble of <b>\(HTMLText.isolated(owner))</b> · \
        \(Wording.count(messages.count, "message"))</summary>
        \(articles)</details>

        """
    }.joined()
  }
}
