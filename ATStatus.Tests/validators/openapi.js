// OpenAPI's own JSON Schema of its documents: reads a document and writes what is wrong with it.
import('@seriousme/openapi-schema-validator').then(async ({ Validator }) => {
  const { valid, errors } = await new Validator().validate(JSON.parse(require('fs').readFileSync(0, 'utf8')));
  const wrong = valid ? [] : Array.isArray(errors) ? errors.map(e => `${e.instancePath}: ${e.message}`) : [String(errors)];
  process.stdout.write(JSON.stringify(wrong));
});
