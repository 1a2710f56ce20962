import { type CompiledShape, compileShape, type Shape } from '../../admission/json-shape.ts'
import type { Parsed } from '../../errors.ts'
import type { ApiResource } from './missing-right.ts'

/** The kinds that are watched, by the names of metrics, logs and readiness. */
export type WatchedKindName = 'nodes' | 'reports' | 'namespaces' | 'runtimeclasses'

/** One kind of object and what becomes of it. */
export interface WatchedKind<Facts extends { readonly name: string }> {
  readonly name: WatchedKindName
  /** The path of the collection. */
  readonly path: string
  readonly resource: ApiResource
  readonly wire: WireFormat
  /** What is kept of an object as it was picked, of at most so many bytes, or why nothing can be. */
  parse(object: unknown, maxBytes: number): Parsed<Facts>
  put(facts: Facts): void
  remove(name: string): void
}

/** What is asked for and read of a kind's lists and events. */
export interface WireFormat {
  readonly listAccept: string
  readonly watchAccept: string
  readonly pageShape: CompiledShape
  readonly eventShape: CompiledShape
  readonly objectShape: CompiledShape
}

const METADATA = { name: true, resourceVersion: true } as const

/** The annotation of the bookmark that ends the initial events of a WatchList stream. */
export const INITIAL_EVENTS_END = 'k8s.io/initial-events-end'

/** A shape that lists its keys. */
export type ObjectShapeSource = Readonly<Record<string, Shape>>

/** The formats for objects with these wanted fields of metadata and beside it; `metadataOnly` asks for no more than metadata. */
export const wireFormat = (
  metadata: ObjectShapeSource,
  beside: ObjectShapeSource,
  metadataOnly = false,
): WireFormat => {
  const object = { ...beside, metadata: { ...METADATA, ...metadata } }
  const event = {
    ...object,
    metadata: { ...object.metadata, annotations: { [INITIAL_EVENTS_END]: true } },
    // Of the Status in an ERROR event.
    code: true,
    message: true,
  } as const
  const as = (kind: string): string =>
    metadataOnly ? `application/json;as=${kind};v=v1;g=meta.k8s.io,application/json` : 'application/json'
  return {
    listAccept: as('PartialObjectMetadataList'),
    watchAccept: as('PartialObjectMetadata'),
    objectShape: compileShape(object),
    pageShape: compileShape({ metadata: { resourceVersion: true, continue: true }, items: [object] }),
    eventShape: compileShape({ type: true, object: event }),
  }
}
