/** True when the error of the API client is an answer of the API server with that HTTP status. */
export const answeredWith = (error: unknown, statusCode: number): boolean =>
  error instanceof Error && 'statusCode' in error && error.statusCode === statusCode
