/** Resolves when the condition holds; a test that waits for ever fails by tap's timeout. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 2))
}
