-- Renders many citations in one process. Reads JSON from the standard input:
--   [{"csl": path of the style, "lang": "en-US", "items": [CSL-JSON items], "cite": [[ids], ...]}, ...]
-- and writes, for each job, {"entries": [runs, ...], "ids": [...], "parenthetical": [runs], "narrative": [runs]}, where
-- `runs` is a list of {text, marks} and marks is a string of "i" (italic), "^" (superscript), "_" (subscript).
-- It only takes apart what pandoc made; every decision about text is made in render.py.

local function collect(inlines, marks, runs)
  for _, inline in ipairs(inlines) do
    local tag = inline.t
    if tag == "Str" then
      runs[#runs + 1] = { inline.text, marks }
    elseif tag == "Space" or tag == "SoftBreak" or tag == "LineBreak" then
      runs[#runs + 1] = { " ", marks }
    elseif tag == "Emph" then
      collect(inline.content, marks .. "i", runs)
    elseif tag == "Superscript" then
      collect(inline.content, marks .. "^", runs)
    elseif tag == "Subscript" then
      collect(inline.content, marks .. "_", runs)
    elseif tag == "Quoted" then
      local double = inline.quotetype == "DoubleQuote"
      runs[#runs + 1] = { double and "“" or "‘", marks }
      collect(inline.content, marks, runs)
      runs[#runs + 1] = { double and "”" or "’", marks }
    elseif tag == "Span" and inline.classes:includes("csl-left-margin") then
      -- the label ("1." or "[1]") belongs to a list, not to the entry
    elseif inline.content then
      collect(inline.content, marks, runs)
    elseif inline.text then
      runs[#runs + 1] = { inline.text, marks }
    else
      error("no rule for " .. tag)
    end
  end
  return runs
end

local function block_runs(blocks)
  local runs = {}
  for _, block in ipairs(blocks) do
    collect(pandoc.utils.blocks_to_inlines({ block }, { pandoc.Space() }), "", runs)
  end
  return runs
end

local function render(job)
  local doc = pandoc.read(pandoc.json.encode(job.items), "csljson")
  doc.meta.csl = job.csl
  doc.meta.lang = job.lang
  doc.meta["suppress-bibliography"] = nil
  for _, group in ipairs(job.cite) do
    for _, mode in ipairs({ "NormalCitation", "AuthorInText" }) do
      local citations = {}
      for i, id in ipairs(group) do
        citations[i] = pandoc.Citation(id, i == 1 and mode or "NormalCitation")
      end
      doc.blocks:insert(pandoc.Para({ pandoc.Cite({ pandoc.Str("?") }, citations) }))
    end
  end
  local done = pandoc.utils.citeproc(doc)
  local result = { ids = {}, entries = {}, parenthetical = {}, narrative = {} }
  local seen = 0
  for _, block in ipairs(done.blocks) do
    if block.t == "Para" then
      seen = seen + 1
      local into = seen % 2 == 1 and result.parenthetical or result.narrative
      into[#into + 1] = collect(block.content, "", {})
    elseif block.t == "Div" then
      for _, entry in ipairs(block.content) do
        result.ids[#result.ids + 1] = entry.identifier:gsub("^ref%-", "")
        result.entries[#result.entries + 1] = block_runs(entry.content)
      end
    end
  end
  return result
end

local jobs = pandoc.json.decode(io.read("a"), false)
local results = {}
for i, job in ipairs(jobs) do
  results[i] = render(job)
end
io.write(pandoc.json.encode(results))
