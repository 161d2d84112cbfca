// Loads a file of RDF into oxigraph and answers SPARQL queries: ask.mjs FILE FORMAT < queries.json
//
// Queries are a JSON list of texts; the answers a list of lists of rows, each a list of texts in the order of the variables.
import fs from 'fs';
import oxigraph from 'oxigraph';

const [file, format] = process.argv.slice(2);
const store = new oxigraph.Store();
store.load(fs.readFileSync(file, 'utf8'), {format});
const queries = JSON.parse(fs.readFileSync(0, 'utf8'));
console.log(JSON.stringify(queries.map(query => store.query(query).map(row => [...row.values()].map(term => term.value)))));
