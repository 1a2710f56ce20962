/** The name by which nodes know the registry; SOCI speaks only https, to the host in the image's own name, at its own port. */
export const REGISTRY_HOST = 'registry.test'
