// Judges a card as clients of Adaptive Cards read it: what the library's parser objects to, what its validation does, and every property that
// the schema of its element does not have, or has only since a later version. "AdaptiveCards" is the library.
function judge(text) {
  const { AdaptiveCard, SerializationContext, Versions } = AdaptiveCards;
  const version = Versions.v1_4;
  const context = new SerializationContext(version);
  const card = new AdaptiveCard();
  const json = JSON.parse(text);
  card.parse(json, context);
  const found = [];
  for (let i = 0; i < context.eventCount; i++) found.push(context.getEventAt(i).message);
  if (found.length) return found.join("\n");

  // Collections of elements are read by code of their own, so the schemas do not name them.
  const parts = {
    body: (element, i) => element.getItemAt(i),
    items: (element, i) => element.getItemAt(i),
    facts: (element, i) => element.facts[i],
    actions: (element, i) => element.getActionAt(i),
  };
  const compare = (element, json) => {
    const schema = element.getSchema();
    const known = new Map();
    for (let i = 0; i < schema.getCount(); i++) known.set(schema.getItemAt(i).name, schema.getItemAt(i).targetVersion);
    for (const [name, value] of Object.entries(json)) {
      if (Array.isArray(value)) {
        value.forEach((part, i) => {
          const read = parts[name]?.(element, i);
          if (read) compare(read, part);
          else found.push(`${element.getSchemaKey()}: ${name} is not read`);
        });
      } else if (!known.has(name)) {
        found.push(`${element.getSchemaKey()} has no ${name}`);
      } else if (known.get(name).compareTo(version) > 0) {
        found.push(`${element.getSchemaKey()} has ${name} since ${known.get(name)}`);
      }
    }
  };
  compare(card, json);
  for (const failure of card.validateProperties().validationEvents) found.push(failure.message);
  return found.join("\n");
}
