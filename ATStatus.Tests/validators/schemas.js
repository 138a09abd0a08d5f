// Ajv, in its mode for JSON Schema 2020-12, strict: reads { schemas: { name: schema }, bodies: [{ name, text }] } and writes what is wrong
// with each schema and each body, null where nothing is.
const Ajv = require('ajv/dist/2020');
const formats = require('ajv-formats');

const { schemas, bodies } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const ajv = new Ajv({ strict: true, allErrors: true });
formats(ajv);

const checks = {};
const wrong = { schemas: {}, bodies: [] };
for (const [name, schema] of Object.entries(schemas)) {
  wrong.schemas[name] = null;
  try {
    checks[name] = ajv.compile(schema);
  } catch (error) {
    wrong.schemas[name] = error.message;
  }
}
for (const { name, text } of bodies) {
  const check = checks[name];
  wrong.bodies.push(check && check(JSON.parse(text)) ? null : ajv.errorsText(check && check.errors));
}
process.stdout.write(JSON.stringify(wrong));
