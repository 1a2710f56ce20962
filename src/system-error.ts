/** True for an error of a system call, whose number getSystemErrorMessage puts into words. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { errno: number } =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number'
