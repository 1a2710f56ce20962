/** Replaces `$(NAME)` by the variable's value; `$$` is a plain `$`, an unknown name stays as it is (Kubernetes' third_party expansion). */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (variables.get(name) ?? whole),
  )
}
