/**
 * Takes small kinks out of a route: the layout gives each end its slot at a state, often a few
 * pixels beside the line that leads there, and the slot is worth less than a straight line.
 */
import type { Box, Point } from './drawing.js';

/** A sidestep up to this long is a kink, and an end keeps so far from the corners of its state. */
const kinkMax = 16;
const cornerRoom = 10;

/** The route, without a kink at its start in the box `from` or at its end in the box `to`. */
export function straightened(route: readonly Point[], from: Box, to: Box): readonly Point[] {
  return withoutFirstKink(withoutFirstKink(route, from).toReversed(), to).toReversed();
}

/**
 * Moves a short first piece in line with a longer third one, where the start is still at its
 * state's edge.
 */
function withoutFirstKink(route: readonly Point[], box: Box): readonly Point[] {
  const [start, first, second, next] = route;
  if (start === undefined || first === undefined || second === undefined || next === undefined) {
    return route;
  }
  const isSidestep =
    start.x === first.x &&
    first.y === second.y &&
    second.x === next.x &&
    Math.abs(first.y - start.y) < Math.abs(next.y - second.y);
  const isOnEdge = second.x > box.x + cornerRoom && second.x < box.x + box.width - cornerRoom;
  if (!isSidestep || !isOnEdge || Math.abs(second.x - first.x) > kinkMax) return route;
  return [{ x: second.x, y: start.y }, ...route.slice(3)];
}
