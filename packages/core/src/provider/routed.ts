import type { EmbeddingsResponse } from './facets.ts'
import type { Ledger } from './ledger.ts'
import type { ChatResponse } from './response.ts'
import type { FinishEvent, StreamEvent } from './stream-event.ts'

/** An answer with the record of how it came about. */
export interface RoutedResponse extends ChatResponse, Ledger {}

/** The end of a stream with the record of how it came about. */
export interface RoutedFinishEvent extends FinishEvent, Ledger {}

/** What a router's stream yields. */
export type RoutedStreamEvent = Exclude<StreamEvent, FinishEvent> | RoutedFinishEvent

/** Vectors with the record of how they came about. */
export interface RoutedEmbeddings extends EmbeddingsResponse, Ledger {}
