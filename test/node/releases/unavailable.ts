/** Says that this machine cannot make the nodes of the tests, and why; a reason to skip on a user's machine. */
export class NodesUnavailable extends Error {
  override readonly name = 'NodesUnavailable'
}
