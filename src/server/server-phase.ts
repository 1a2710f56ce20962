/**
 * Where the server is in its life: `serving`; `draining`, still answering while endpoints move away; `refusing`, answering 503
 * to what comes too late; `closed`.
 */
export type ServerPhase = 'serving' | 'draining' | 'refusing' | 'closed'
