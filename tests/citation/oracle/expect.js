// Makes tests/citation/expected.json: the reference list entry of every record of hard.json in every style, as
// citeproc-js writes it. Development only; see README.md in this folder.
//
//   python -m tests.citation.oracle | node expect.js <folder of locales-*.xml> > ../expected.json
//
// Reads jobs [{style, csl, lang, items}] on the standard input; writes {"engine", "entries": {id: {style: html}}}.
const fs = require("fs");
const path = require("path");
const CSL = require("citeproc");

const locales = process.argv[2];
const jobs = JSON.parse(fs.readFileSync(0, "utf8"));
const entries = {};
for (const job of jobs) {
  const items = new Map(job.items.map((item) => [item.id, item]));
  const sys = {
    retrieveLocale: (lang) => {
      const file = path.join(locales, `locales-${lang}.xml`);
      return fs.readFileSync(fs.existsSync(file) ? file : path.join(locales, "locales-en-US.xml"), "utf8");
    },
    retrieveItem: (id) => items.get(id),
  };
  // Building an engine takes a second; each item is the only one it knows at a time, so none changes another.
  const engine = new CSL.Engine(sys, fs.readFileSync(job.csl, "utf8"), job.lang, true);
  engine.opt.development_extensions.wrap_url_and_doi = false;
  engine.setOutputFormat("html");
  for (const item of job.items) {
    engine.updateItems([item.id]);
    const [, [entry]] = engine.makeBibliography();
    (entries[item.id] ||= {})[job.style] = entry.trim();
  }
}
const version = `citeproc-js ${require("citeproc/package.json").version}`;
process.stdout.write(JSON.stringify({ engine: version, entries }, null, 1) + "\n");
