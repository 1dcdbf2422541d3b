/**
 * A chart with a place for everything: what a layout makes, and what is drawn. The unit is a pixel
 * at natural size; x goes right and y goes down.
 */
import type { ChartState } from './chart.js';
import type { Line } from './lines.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** A line of text; `y` is its baseline, `x` its start or its middle. */
export interface PlacedLine extends Point {
  readonly line: Line;
  readonly fontSize: number;
  readonly anchor: 'start' | 'middle';
}

/** What is written in a state's box, measured from the box's upper left corner. */
export interface Card {
  readonly width: number;
  readonly height: number;
  readonly texts: readonly PlacedLine[];
  /** Where the table begins, and where each of its groups ends. */
  readonly rulers: readonly number[];
}

export interface PlacedState {
  readonly state: ChartState;
  /**
   * How its box looks: a step of an overview, a state, one around others, or an end of the chart.
   */
  readonly kind: 'step' | 'state' | 'around' | 'end';
  readonly box: Box;
  readonly card: Card;
}

/** A line from state to state, or from the dot where a compound state begins. */
export interface PlacedEdge {
  /** Ids of states. The dot's id is no state's. */
  readonly from: string;
  readonly to: string;
  /** Corners, at least a start and an end. */
  readonly route: readonly Point[];
  readonly label: Box;
  readonly lines: readonly Line[];
  /**
   * Whether it leads from an outermost state to the next: the way that the eye should find first.
   */
  readonly isMain: boolean;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Outer states come before those inside them. */
  readonly states: readonly PlacedState[];
  /** The dots where compound states begin, by their middle. */
  readonly dots: readonly Point[];
  readonly edges: readonly PlacedEdge[];
}

/** Sizes of type, and the space that a line of a table or label takes. */
export const nameFontSize = 16;
export const textFontSize = 11.5;
export const lineHeight = 17;

/** So many characters of a label stand on one line. */
export const labelLengthMax = 46;
