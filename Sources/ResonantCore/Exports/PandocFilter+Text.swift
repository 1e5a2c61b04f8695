// SPDX-License-Identifier: MIT

extension PandocFilter {
  /// What becomes of a message's text before pandoc reads it, and of what stands for parts of it afterwards.
  static let text = #"""
    if not pandoc.write then error('too old') end
    local READER = 'gfm-yaml_metadata_block-footnotes+hard_line_breaks+tex_math_dollars'
    -- Stands for '<' where it could open HTML, so that the reader never sees any and the text survives. Readers
    -- of the commonmark family ignore "-raw_html" (https://github.com/jgm/pandoc/issues/8305).
    local LESS = '\u{F8F2}'
    -- Stands for '$' where it is money: the reader takes "$5-$6" for a formula.
    local DOLLAR = '\u{F8F4}'

    -- The text with `with(i)` in place of the i-th of some spans, which are in order.
    local function replace(text, spans, with)
      local pieces, at = {}, 1
      for i, span in ipairs(spans) do
        pieces[#pieces + 1] = text:sub(at, span.at - 1)
        pieces[#pieces + 1] = with(i)
        at = span.stop or span.at + 2
      end
      pieces[#pieces + 1] = text:sub(at)
      return table.concat(pieces)
    end

    -- Money is a dollar sign before a digit with which no formula begins, for the next one does not end it: it has
    -- a space before it or a digit behind it.
    local function money(text)
      local signs, found = {}, {}
      for at in text:gmatch('()%$') do
        if not text:find('^[\\$]', at - 1) or at == 1 then signs[#signs + 1] = at end
      end
      local i = 1
      while i <= #signs do
        local at, stop = signs[i], signs[i + 1]
        if text:find('^%d', at + 1) then
          if not stop or text:find('^%s', stop - 1) or text:find('^%d', stop + 1) then
            found[#found + 1] = {at = at, stop = at + 1}
          else
            i = i + 1
          end
        end
        i = i + 1
      end
      return found
    end

    local function hide(text)
      text = replace(text, money(text), function() return DOLLAR end)
      return (text:gsub('()<([%a/!?])', function(at, follows)
        if text:match('^<[hH][tT][tT][pP][sS]?://[^%s<>]*>', at) then return '<' .. follows end
        return LESS .. follows
      end))
    end

    local function show(text) return (text:gsub(LESS, '<'):gsub(DOLLAR, '$')) end
    local function count(text, pattern) return select(2, text:gsub(pattern, '')) end

    -- \( \) and \[ \], which the reader of the commonmark family takes for escaped brackets. Which of them stand
    -- outside of code the reader tells: they are numbered, and looked for in what it reads. Then each span is
    -- replaced by its number, so that nothing in it is read as Markdown, and the number by the formula.
    local MARK = '\u{F8F3}'
    local CLOSES = {['('] = ')', ['['] = ']'}
    local MATH = {['('] = 'InlineMath', ['['] = 'DisplayMath'}

    -- Where the delimiters are and which; a backslash before a backslash is none of theirs.
    local function delimiters(text)
      local found = {}
      for at, sign in text:gmatch('()\\(.)') do
        if sign:find('[][()]') then found[#found + 1] = {at = at, sign = sign} end
      end
      return found
    end

    local function mark(i) return MARK .. i .. MARK end

    -- Notes of each delimiter in which block of text it stands; of those in code nothing.
    local function locate(text, found)
      local blocks = 0
      local function look(block)
        blocks = blocks + 1
        block:walk{Str = function(e)
          for i in e.text:gmatch(MARK .. '(%d+)' .. MARK) do found[tonumber(i)].block = blocks end
        end}
      end
      pandoc.read(hide(replace(text, found, mark)), READER):walk{Para = look, Plain = look, Header = look}
    end

    -- The formula between two delimiters without the marks of the quotes that they stand in; nil when there is
    -- none: it is blank, has a blank line or code, or leads from one block to another.
    local function formula(text, open, close)
      local inside = text:sub(open.at + 2, close.at - 1)
      if inside:find('`', 1, true) then return nil end
      local isOneLine = not inside:find('\n', 1, true)
      if open.sign == '(' and open.block ~= close.block and not isOneLine then return nil end
      if not isOneLine then
        local first = open.at
        while first > 1 and text:byte(first - 1) ~= 10 do first = first - 1 end
        local quotes = count(text:sub(first, open.at - 1):match('^[ >]*'), '>')
        -- Nobody quotes deeper, and each takes time that grows with the formula.
        for _ = 1, math.min(quotes, 10) do
          inside = inside:gsub('\n *> ?', '\n')
        end
      end
      if inside:find('\n[ \t\r]*\n') or not inside:find('%S') then return nil end
      return inside:match('^%s*(.-)%s*$')
    end

    -- The spans of formulas, in order. One within another belongs to it.
    local function formulas(text)
      local found = delimiters(text)
      if #found < 2 then return {} end
      -- Reading as many takes a second.
      if #found > 8000 then error('too many formulas') end
      locate(text, found)
      local spans, open = {}, {}
      for _, delimiter in ipairs(found) do
        if delimiter.block and CLOSES[delimiter.sign] then
          open[delimiter.sign] = delimiter
        elseif delimiter.block then
          local sign, other = '[', '('
          if delimiter.sign == ')' then sign, other = other, sign end
          local start = open[sign]
          local tex = start and formula(text, start, delimiter)
          if tex then
            while #spans > 0 and spans[#spans].at > start.at do spans[#spans] = nil end
            spans[#spans + 1] = {at = start.at, stop = delimiter.at + 2, tex = tex, kind = MATH[sign]}
            if open[other] and open[other].at > start.at then open[other] = nil end
          end
          open[sign] = nil
        end
      end
      return spans
    end

    -- The formulas in their places; where no formula can be, their source.
    local function insert(document, text, spans)
      local function source(string)
        return (string:gsub(MARK .. '(%d+)' .. MARK, function(i)
          local span = spans[tonumber(i)]
          return text:sub(span.at, span.stop - 1)
        end))
      end
      local function inText(e) e.text = source(e.text) return e end
      return document:walk{
        Str = function(e)
          if not e.text:find(MARK, 1, true) then return nil end
          local parts, at = pandoc.List{}, 1
          for start, i, stop in e.text:gmatch('()' .. MARK .. '(%d+)' .. MARK .. '()') do
            local span = spans[tonumber(i)]
            if start > at then parts:insert(pandoc.Str(e.text:sub(at, start - 1))) end
            parts:insert(pandoc.Math(span.kind, span.tex))
            at = stop
          end
          if at <= #e.text then parts:insert(pandoc.Str(e.text:sub(at))) end
          return parts
        end,
        Code = inText, CodeBlock = inText, RawInline = inText, RawBlock = inText, Math = inText,
        Link = function(e) e.target = source(e.target) return e end,
        Image = function(e) e.src = source(e.src) return e end,
      }
    end

    """#
}
