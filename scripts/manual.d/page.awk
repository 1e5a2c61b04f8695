# SPDX-License-Identifier: MIT
# Makes a manual page of the long help of all commands; each begins with a line of \001 and the command's name.
# An option that an earlier command has in the same words is only named.

# roff(text): the text as roff shows it, letter by letter
function roff(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  gsub(/'/, "\\(aq", text)
  gsub(/`/, "\\(ga", text)
  gsub(/\^/, "\\(ha", text)
  gsub(/~/, "\\(ti", text)
  sub(/^\./, "\\\\\\&.", text)
  return text
}

# prose(text): the text with flags in bold
function prose(text,  done) {
  text = roff(text)
  while (match(text, /\\-\\-[a-z][a-z\\-]*[a-z]/)) {
    done = done substr(text, 1, RSTART - 1) "\\fB" substr(text, RSTART, RLENGTH) "\\fR"
    text = substr(text, RSTART + RLENGTH)
  }
  return done text
}

# synopsis(text): words in bold, values underlined
function synopsis(text,  words, count, i, line) {
  count = split(text, words, " ")
  for (i = 1; i <= count; i++) {
    if (words[i] == "...") words[i] = "\\&..."
    else if (match(words[i], /<.*>/))
      words[i] = substr(words[i], 1, RSTART - 1) "\\fI" roff(substr(words[i], RSTART + 1, RLENGTH - 2)) "\\fR" \
        substr(words[i], RSTART + RLENGTH)
    else words[i] = "\\fB" roff(words[i]) "\\fR"
    line = line (i > 1 ? " " : "") words[i]
  }
  return line
}

function end_paragraph() {
  if (paragraph != "") what = what ".PP\n" prose(paragraph) "\n"
  paragraph = ""
}

function end_option(  key) {
  if (label != "") {
    key = label SUBSEP text
    if (label ~ /^-/ && key in first) also[first[key]] = also[first[key]] (also[first[key]] == "" ? "" : ", ") flag
    else {
      first[key] = command
      if (!titled) options = options ".SS resonant " command (title == "OPTIONS" ? "" : ": " tolower(title)) "\n"
      titled = 1
      options = options ".TP\n" synopsis(label) "\n" prose(text) "\n"
    }
  }
  label = text = ""
}

function end_command(  i) {
  end_option()
  for (i = 1; i <= count; i++)
    if (also[names[i]] != "") {
      options = options ".SS resonant " command ": as in resonant " names[i] "\n" prose(also[names[i]]) ".\n"
      also[names[i]] = ""
    }
  end_example()
  part = ""
}

function end_example() {
  if (example != "") examples = examples (examples == "" ? "" : ".PP\n") abstract "\n.PP\n.nf\n.RS 2\n" example ".RE\n.fi\n"
  example = ""
}

/^\001/ {
  end_command()
  command = names[++count] = substr($0, 2)
  next
}
sub(/^OVERVIEW: /, "") { part = "abstract"; abstract = $0; next }
part == "abstract" {
  if ($0 != "") { abstract = abstract " " $0; next }
  abstract = prose(abstract)
  what = what ".SS resonant " command "\n" abstract "\n"
  part = "discussion"
  next
}
/^USAGE: / { end_paragraph(); part = "usage"; usage = substr($0, 8); next }
part == "usage" {
  if ($0 != "") { usage = usage " " $0; next }
  lines = lines (count > 1 ? ".br\n" : "") synopsis(usage) "\n"
  part = "options"
  next
}
part == "discussion" && /^  / { example = example roff(substr($0, 3)) "\n"; next }
part == "discussion" {
  if ($0 == "") end_paragraph()
  else paragraph = paragraph (paragraph == "" ? "" : " ") $0
  next
}
/^[A-Z][A-Z ,]*:$/ { end_option(); title = substr($0, 1, length - 1); titled = 0; next }
/^  [-<]/ {
  end_option()
  match($0, /^  [^ ]+( <[^>]*>)?/)
  label = substr($0, 3, RLENGTH - 2)
  text = substr($0, RLENGTH + 1)
  sub(/^ +/, "", text)
  flag = label
  sub(/ .*/, "", flag)
  next
}
/^ +[^ ]/ { sub(/^ +/, ""); text = text (text == "" ? "" : " ") $0 }

END {
  end_command()
  print ".SH NAME\nresonant \\- put language models in conversation and record what becomes of it"
  print ".SH SYNOPSIS\n" lines ".br\n\\fBresonant help\\fR \\fIcommand\\fR"
  print ".SH DESCRIPTION"
  print "Lets language models talk with each other, two or more, possibly with a person among them. What they say is"
  print "shown as it arrives, and recorded in a transcript (\\fI.jsonl\\fR), from which pages, exports, measures, and"
  print "conversations that go on are made. Without a command it is \\fBresonant chat\\fR."
  print ".PP\nStandard output carries the conversation or the result and nothing else; diagnostics and progress go to"
  print "standard error."
  printf ".SH COMMANDS\n%s.SH OPTIONS\n%s", what, options
  print ".SS all commands\n.TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nThe usual options of a command."
  print ".TP\n\\fB\\-\\-help\\-hidden\\fR\nAll of them.\n.TP\n\\fB\\-\\-version\\fR\nThe version."
  printf ".SH EXAMPLES\n%s", examples
}
