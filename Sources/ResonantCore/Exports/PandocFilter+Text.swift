// SPDX-License-Identifier: MIT

extension PandocFilter {
  /// Prepares a message's text for pandoc's reader, and restores the replaced parts afterwards.
  static let text = #"""
    if not pandoc.write then error('too old') end
    local READER = 'gfm-yaml_metadata_block-footnotes+hard_line_breaks+tex_math_dollars'
    -- Replaces '<' where it could open HTML, so that the reader sees none and the text is kept. Readers of
    -- the commonmark family ignore "-raw_html" (https://github.com/jgm/pandoc/issues/8305).
    local LESS = '\u{F8F2}'
    -- Replaces '$' as a currency sign, since the reader takes "$5-$6" for a formula.
    local DOLLAR = '\u{F8F4}'

    -- Replaces the i-th of some spans, given in order, by `with(i)`.
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

    -- A dollar sign before a digit is money unless it opens a formula. It opens none if the next dollar sign
    -- can't close one, because a space precedes it or a digit follows it.
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

    -- Formulas in \( \) and \[ \], which readers of the commonmark family take for escaped brackets.
    -- Delimiters are numbered, and the reader's result shows which of them are outside of code. Then each
    -- formula's span is replaced by its number, so that nothing in it is read as Markdown, and finally the
    -- number by the formula.
    local MARK = '\u{F8F3}'
    local CLOSES = {['('] = ')', ['['] = ']'}
    local MATH = {['('] = 'InlineMath', ['['] = 'DisplayMath'}

    -- The positions and kinds of the delimiters; a backslash after another backslash opens none.
    local function delimiters(text)
      local found = {}
      for at, sign in text:gmatch('()\\(.)') do
        if sign:find('[][()]') then found[#found + 1] = {at = at, sign = sign} end
      end
      return found
    end

    local function mark(i) return MARK .. i .. MARK end

    -- Records the block of text in which each delimiter stands; delimiters in code are omitted.
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

    -- The formula between two delimiters without the quote marks of its lines; nil when it is blank, contains
    -- a blank line or code, or crosses blocks.
    local function formula(text, open, close)
      local inside = text:sub(open.at + 2, close.at - 1)
      if inside:find('`', 1, true) then return nil end
      local isOneLine = not inside:find('\n', 1, true)
      if open.sign == '(' and open.block ~= close.block and not isOneLine then return nil end
      if not isOneLine then
        local first = open.at
        while first > 1 and text:byte(first - 1) ~= 10 do first = first - 1 end
        local quotes = count(text:sub(first, open.at - 1):match('^[ >]*'), '>')
        -- Quotes are not expected to be nested deeper, and each level takes time proportional to the formula.
        for _ = 1, math.min(quotes, 10) do
          inside = inside:gsub('\n *> ?', '\n')
        end
      end
      if inside:find('\n[ \t\r]*\n') or not inside:find('%S') then return nil end
      return inside:match('^%s*(.-)%s*$')
    end

    -- The spans of formulas, in order. A nested span belongs to the outer one.
    local function formulas(text)
      local found = delimiters(text)
      if #found < 2 then return {} end
      -- Reading this many takes about a second.
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

    -- Puts formulas in their places, or their source where no formula can stand.
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
