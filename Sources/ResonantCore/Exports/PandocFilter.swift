// SPDX-License-Identifier: MIT

/// The Lua filter that runs inside pandoc. It renders each message separately, so that messages cannot affect
/// each other, and removes all raw HTML, attributes, images, footnotes and unsafe links.
///
/// Standard input: for each message its length in bytes as a decimal number, LF, and the message in UTF-8.
/// Standard output: `resonant-filter`, a space, pandoc's version and LF; then for each message in order, as
/// soon as it is done, `html` or `fail`, a space, a length, LF and the fragment. The document that pandoc
/// itself writes is empty.
///
/// Requires `pandoc.write` and `walk`, which pandoc has since 2.17.
enum PandocFilter {
  static let greeting = "resonant-filter "

  static let source = text + rendering

  private static let rendering = #"""
    local REL = {{'rel', 'noopener noreferrer nofollow'}}

    local function bare() return pandoc.Attr('', {}, {}) end

    local function safe(target)
      local url = show(target)
      if url:find('[%z\1-\32\127\\]') then return nil end
      local lower = url:lower()
      if lower:match('^https?://[^/]') or lower:match('^mailto:[^?]+$') then return url end
    end

    -- An unknown class makes the highlighter load all its languages, which takes 0.2 s.
    local ALIAS = {py = 'python', js = 'javascript', ts = 'typescript', sh = 'bash', shell = 'bash',
      rb = 'ruby', rs = 'rust', yml = 'yaml', md = 'markdown', hs = 'haskell', ['c++'] = 'cpp', tex = 'latex'}
    local KNOWN = {}
    for word in ([[ada awk bash bibtex c clojure cmake commonlisp cpp cs css d diff dockerfile elixir elm erlang
      fortran go graphviz haskell html ini java javascript json julia kotlin latex lua makefile markdown matlab
      nim nix ocaml perl php powershell prolog python r ruby rust scala scheme sql swift tcl toml typescript xml
      yaml zsh]]):gmatch('%S+') do KNOWN[word] = true end

    local function language(class)
      local name = (class or ''):lower()
      if #name > 24 or not name:match('^%w[%w+#._-]*$') then return bare() end
      local known = ALIAS[name] or name
      return pandoc.Attr('', KNOWN[known] and {known} or {}, {{'data-lang', name}})
    end

    local function align(tbl)
      if #tbl.colspecs > 64 then error('table too wide') end
      local class, specs = {}, {}
      for i, spec in ipairs(tbl.colspecs) do
        local name = tostring(spec[1])
        class[i] = name == 'AlignRight' and {'right'} or name == 'AlignCenter' and {'center'} or {}
        specs[i] = {'AlignDefault', nil}
      end
      local function rows(list)
        for _, row in ipairs(list) do
          for i, cell in ipairs(row.cells) do
            cell.attr = pandoc.Attr('', class[i] or {}, {})
            cell.alignment = 'AlignDefault'
          end
        end
      end
      rows(tbl.head.rows)
      for _, body in ipairs(tbl.bodies) do rows(body.body) end
      tbl.colspecs = specs
      tbl.attr = bare()
      return tbl
    end

    local function link(element)
      local url = safe(element.target)
      if url then return pandoc.Link(element.content, url, '', pandoc.Attr('', {}, REL)) end
      local content, target = element.content, show(element.target)
      if show(pandoc.utils.stringify(content)) ~= target then
        content:extend{pandoc.Space(), pandoc.Code(target)}
      end
      return content
    end

    local function image(element)
      local alt = pandoc.utils.stringify(element.caption)
      local url = safe(element.src)
      local shown = pandoc.List{pandoc.Str('🖼'), pandoc.Space(), pandoc.Str(alt ~= '' and alt or 'image'),
        pandoc.Space()}
      if url and not url:lower():match('^mailto') then
        shown:insert(pandoc.Link({pandoc.Str(url)}, url, '', pandoc.Attr('', {}, REL)))
      else
        shown:insert(pandoc.Code(show(element.src):sub(1, 200)))
      end
      return shown
    end

    local elements = {
      Table = align, Link = link, Image = image,
      RawInline = function(e) return pandoc.Code(show(e.text)) end,
      RawBlock = function(e) return pandoc.CodeBlock(show(e.text)) end,
      CodeBlock = function(e) return pandoc.CodeBlock(show(e.text), language(e.classes[1])) end,
      Math = function(e)
        if #e.text > 2000 then return pandoc.Code(show(e.text)) end
        return pandoc.Math(e.mathtype, show(e.text))
      end,
      Header = function(e) return pandoc.Header(math.min(6, e.level + 2), e.content) end,
    }
    -- Walking over every word takes longer than everything else, so it is done only if words contain
    -- replacements.
    local words = {
      Str = function(e) return pandoc.Str(show(e.text)) end,
      Code = function(e) return pandoc.Code(show(e.text)) end,
    }
    local wrappers = {Div = function(e) return e.content end, Span = function(e) return e.content end}

    -- Refuses texts that would take the reader quadratic time, and that nobody would read when rendered.
    local function budget(text)
      if #text > 131072 then error('too long') end
      if count(text, '[*_]') > 5000 then error('too many emphasis marks') end
      local widest, lines = 0, 0
      for line in text:gmatch('[^\n]+') do
        local bars = count(line, '|')
        if bars > 0 then lines, widest = lines + 1, math.max(widest, bars) end
      end
      if widest * lines > 20000 then error('table too big') end
    end

    -- The patterns start with '<', which text cannot contain, because there it is '&lt;'.
    local function tidy(html)
      html = html:gsub('<span id="[%w-]+"><a href="#[%w-]+"[^>]*></a>', '<span>')
      html = html:gsub('(<div class="sourceCode") id="[%w-]+"', '%1')
      html = html:gsub('(<mtd[^>]*) style="[^"]*"', '%1')
      -- A display formula ends its line itself.
      html = html:gsub('(<math display="block".-</math>)', '%1' .. MARK)
      html = html:gsub(MARK .. '<br />', ''):gsub(MARK, '')
      html = html:gsub('<input type="checkbox"([^>]*)>', function(attributes)
        return attributes:find('checked', 1, true) and '☑' or '☐'
      end)
      return (html:gsub('</?label>', ''))
    end

    local options = pandoc.WriterOptions{html_math_method = 'mathml', wrap_text = 'wrap-preserve',
      email_obfuscation = 'none'}

    local function render(text)
      budget(text)
      -- The reader of pandoc 2.17 loses the last row of a table without a final line end.
      for _, sign in ipairs{LESS, DOLLAR, MARK} do text = text:gsub(sign, '\u{FFFD}') end
      text = text .. '\n'
      local spans = formulas(text)
      local hidden = hide(replace(text, spans, mark))
      local document = pandoc.read(hidden, READER)
      document.meta = {}
      if #spans > 0 then document = insert(document, text, spans) end
      document = document:walk(elements):walk(wrappers)
      if hidden:find(LESS, 1, true) or hidden:find(DOLLAR, 1, true) then document = document:walk(words) end
      local html = tidy(pandoc.write(document, 'html5', options))
      for _, sign in ipairs{LESS, DOLLAR, MARK} do
        if html:find(sign, 1, true) then error('a sign is left') end
      end
      if not html:find('%S') then error('nothing to show') end
      return html
    end

    function Pandoc()
      local input, at = io.stdin:read('a'), 1
      io.stdout:write('resonant-filter ', tostring(PANDOC_VERSION), '\n')
      io.stdout:flush()
      while at <= #input do
        local _, stop, length = input:find('^(%d+)\n', at)
        local text = input:sub(stop + 1, stop + length)
        at = stop + length + 1
        local fine, html = pcall(render, text)
        if not fine then html = '' end
        io.stdout:write(fine and 'html ' or 'fail ', #html, '\n', html)
        io.stdout:flush()
      end
      return pandoc.Pandoc({}, {})
    end
    """#
}
