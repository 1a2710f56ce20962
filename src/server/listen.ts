import type { AddressInfo, Server } from 'node:net'
import { GuardError } from '../errors.ts'

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there; choose another port',
  EACCES: 'this user may not listen there; choose a port above 1023',
  EADDRNOTAVAIL: 'this machine has no such address; choose one of its own, or 0.0.0.0 or ::',
  ENOTFOUND: 'the host name has no address',
}

/** Starts listening and tells the address (port 0 picks a free one); GuardError SOCI_GUARD_ADDRESS_UNAVAILABLE when it cannot. */
export const listen = (server: Server, host: string, port: number): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      const why = WHY[error.code ?? ''] ?? error.message
      reject(
        new GuardError('SOCI_GUARD_ADDRESS_UNAVAILABLE', `cannot listen on ${host} port ${port}: ${why}`, {
          cause: error,
        }),
      )
    }
    server.once('error', refused)
    server.listen({ host, port }, () => {
      server.off('error', refused)
      resolve(server.address() as AddressInfo)
    })
  })
