// js-yaml reads ten times as fast as the YAML library that knows lines and words errors, and both follow YAML 1.2: a property
// test holds the two against each other. What they may read otherwise is left to the library, so that one reader decides it.
import { CORE_SCHEMA, loadAll, type MappingTagDefinition, mapTag, mergeTag } from 'js-yaml'

// A key of nothing is called "null" by js-yaml.
const mapWithoutNullKeys: MappingTagDefinition<Record<string, unknown>> = {
  ...mapTag,
  addPair: (map, key, value) => (key === null ? 'no key' : mapTag.addPair(map, key, value)),
}

const SCHEMA = CORE_SCHEMA.withTags(mergeTag, mapWithoutNullKeys)

// Directives (which can ask for YAML 1.1), odd markers, tabs that may be indentation; anchors, tags (which can ask for values
// that JSON has not), keys behind a question mark, and blocks that say their indentation or keep empty lines at their end;
// byte order marks.
const READ_OTHERWISE = /^(?: *[%\t]| +---|\.\.\.)|(?:^|[\s,[{])(?:[!&]|\?\s|[|>]-?[+\d])|\ufeff/m

/** The value of every document, null for one that holds nothing; undefined when the YAML library is to decide. */
export const readQuickYaml = (text: string): unknown[] | undefined => {
  if (READ_OTHERWISE.test(text)) return undefined
  try {
    // Aliases may expand without end; the library knows how far is too far.
    return loadAll(text, { schema: SCHEMA, maxAliases: 0 }).map(value => value ?? null)
  } catch {
    // Whatever is wrong is found again by the library, with its line.
    return undefined
  }
}
