/**
 * Takes small kinks out of a route: the layout gives each end its slot at a state, often a few
 * pixels beside the line that leads there, and the slot is worth less than a straight line.
 */
import type { Box, Point } from './drawing.js';

/** A sidestep up to this long is a kink, and an end keeps so far from the corners of its state. */
const kinkMax = 16;
const cornerRoom = 10;

/** A route with its two boxes, and with the label beside it that it must not run through. */
interface Surroundings {
  readonly from: Box;
  readonly to: Box;
  readonly label: Box;
}

/** The route, without a kink at its start in the box `from` or at its end in the box `to`. */
export function straightened(
  route: readonly Point[],
  { from, to, label }: Surroundings,
): readonly Point[] {
  const fromStart = withoutFirstKink(route, from, label);
  return withoutFirstKink(fromStart.toReversed(), to, label).toReversed();
}

/** Moves a short first piece in line with a longer third one, if it still begins at its state. */
function withoutFirstKink(route: readonly Point[], box: Box, label: Box): readonly Point[] {
  const [start, first, second, next] = route;
  if (start === undefined || first === undefined || second === undefined || next === undefined) {
    return route;
  }
  const isSidestep =
    start.x === first.x &&
    first.y === second.y &&
    second.x === next.x &&
    Math.abs(second.x - first.x) <= kinkMax &&
    Math.abs(first.y - start.y) < Math.abs(next.y - second.y);
  const isAtState = second.x > box.x + cornerRoom && second.x < box.x + box.width - cornerRoom;
  const isInLabel = second.x > label.x && second.x < label.x + label.width;
  if (!isSidestep || !isAtState || isInLabel) return route;
  return [{ x: second.x, y: start.y }, ...route.slice(3)];
}
