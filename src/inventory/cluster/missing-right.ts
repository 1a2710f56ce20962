/** A resource as RBAC names it. */
export interface ApiResource {
  /** '' for the core group. */
  readonly group: string
  /** Plural, lower case. */
  readonly resource: string
  /** What has to be granted for all that is done with it. */
  readonly verbs: readonly string[]
}

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/

const subjectFlag = (user: string): string => {
  const account = SERVICE_ACCOUNT.exec(user)
  return account === null ? `--user='${user}'` : `--serviceaccount=${account[1]}:${account[2]}`
}

/** Who may not do what, from the message of a Forbidden Status, and the commands that grant it. */
export const missingRight = (message: string, { group, resource, verbs }: ApiResource): string => {
  const user = /User "([^"]+)"/.exec(message)?.[1] ?? ''
  const denied = /cannot ([a-z]+) resource/.exec(message)?.[1]
  const name = `soci-guard-read-${resource}`
  const qualified = group === '' ? resource : `${resource}.${group}`
  const who = user === '' ? 'our user' : `user ${user}`
  const grant =
    user === '' ? '' : ` && kubectl create clusterrolebinding ${name} --clusterrole=${name} ${subjectFlag(user)}`
  return `${who} may not ${denied ?? verbs.join(', ')} ${qualified}; it needs the verbs ${verbs.join(', ')} (RBAC rule: apiGroups ["${group}"], resources ["${resource}"], verbs [${verbs.map(verb => `"${verb}"`).join(', ')}]), granted by: kubectl create clusterrole ${name} --verb=${verbs.join(',')} --resource=${qualified}${grant}`
}
