// AsyncAPI's own parser: reads a document and writes the errors and warnings that it has.
const { Parser } = require('@asyncapi/parser');

// 0 is an error, 1 a warning; the others are advice.
const WARNING = 1;

new Parser().validate(require('fs').readFileSync(0, 'utf8')).then(diagnostics => {
  const wrong = diagnostics.filter(d => d.severity <= WARNING).map(d => `${d.path.join('.')}: ${d.message}`);
  process.stdout.write(JSON.stringify(wrong));
});
