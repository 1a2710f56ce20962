import { networkInterfaces } from 'node:os'

/** The address that stands for all of this machine's: of both families where it has IPv6, else of IPv4 only. */
export const allAddresses = (): string =>
  Object.values(networkInterfaces()).some(addresses => addresses?.some(({ family }) => family === 'IPv6'))
    ? '::'
    : '0.0.0.0'
