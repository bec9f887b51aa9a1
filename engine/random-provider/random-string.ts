import { charactersSchema, checkCharacters, completeCharacters, randomCharacters } from "./characters.js";
import { defineResource } from "./resource.js";

export const randomString = defineResource({
  token: "random:index/randomString:RandomString",
  schema: charactersSchema,
  secretOutputs: [],
  complete: completeCharacters,
  check: checkCharacters,
  create(args) {
    const result = randomCharacters(args);
    return { id: result, outputs: { result } };
  },
});
