// SPDX-License-Identifier: MIT

/// The part of a page above the turns.
struct HTMLHeader {
  let transcript: Transcript
  let speakers: Speakers
  let fragments: FragmentCache

  private var header: Transcript.Header { transcript.header }

  var html: String {
    """
    <header>
    <h1>\(HTMLText.escape(Wording.title(of: header)))</h1>
    <p class="lead">\(HTMLText.escape(lead))</p>
    <dl class="cast">\(transcript.modelFacts.map(cast).joined())</dl>
    <dl class="facts">\(transcript.facts.map(tile).joined())</dl>
    \(prompts)\(preambles)</header>

    """
  }

  private var lead: String {
    let names = Wording.list(header.participants.map(\.name))
    return
      "\(names) · \(Wording.count(transcript.turns.count, "turn")) · \(Wording.minute(header.created)) UTC"
  }

  private func cast(_ fact: Fact) -> String {
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

  /// One block if all participants have the same prompt, else one for each.
  private var prompts: String {
    let machines = header.participants.filter { !$0.human }
    guard let first = machines.first else { return "" }
    if machines.allSatisfy({ $0.systemPrompt == first.systemPrompt }) {
      return prompt(first.systemPrompt, of: "System prompt", hue: "")
    }
    return machines.map { machine in
      let label = "System prompt of <b>\(HTMLText.isolated(machine.name))</b>"
      return prompt(machine.systemPrompt, of: label, hue: speakers.hue(of: machine.name))
    }.joined()
  }

  private func prompt(_ prompt: String?, of label: String, hue: String) -> String {
    let text = prompt ?? ""
    let open = text.utf8.count <= 800 ? " open" : ""
    let shown = text.isEmpty ? "<p class=\"event\">None.</p>" : HTMLText.verbatim(text)
    return "<details class=\"prompt \(hue)\"\(open)><summary>\(label)</summary>\(shown)</details>\n"
  }

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
