/** Where the cluster inventory tells what happens; pino's loggers are one. */
export interface ClusterLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}
