//! The order of rows that refer to each other: what is referred to comes first, and what closes a circle comes again at the
//! end.

use std::collections::HashMap;

use super::{cell::Cell, column::Column, given::Line, reference::Target};

/// A reference to another row: the place of the column, and the row.
type Edge = (usize, usize);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Not,
    /// It is on the path from where the walk began.
    Open,
    Done,
}

/// Moves the values that close a circle to [`Line::later`], and gives how many rows must be there before each line.
pub(super) fn depths(model: &str, columns: &[Column], lines: &mut [Line]) -> Vec<usize> {
    let (depths, circles) = walk(&edges(model, columns, lines));
    for (line, places) in lines.iter_mut().zip(circles) {
        for place in places {
            if let Some(at) = line.cells.iter().position(|(known, _)| *known == place) {
                line.later.push(line.cells.remove(at));
            }
        }
        line.later.sort_by_key(|(place, _)| *place);
    }
    depths
}

fn edges(model: &str, columns: &[Column], lines: &[Line]) -> Vec<Vec<Edge>> {
    let own = |place: usize| columns[place].relation.as_deref() == Some(model);
    let index: HashMap<&str, usize> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| (&*line.external_id, index))
        .collect();
    let of_line = |line: &Line| {
        let mut edges = Vec::new();
        for (place, cell) in &line.cells {
            let Cell::Links(targets) = cell else { continue };
            if !own(*place) {
                continue;
            }
            edges.extend(targets.iter().filter_map(|target| match target {
                Target::External(id) => Some((*place, *index.get(&**id)?)),
                _ => None,
            }));
        }
        edges
    };
    lines.iter().map(of_line).collect()
}

/// Depth first, without recursion: a chain may be as long as there are rows.
fn walk(edges: &[Vec<Edge>]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut depths = vec![0; edges.len()];
    let mut circles = vec![Vec::new(); edges.len()];
    let mut seen = vec![Seen::Not; edges.len()];
    for start in 0..edges.len() {
        if seen[start] != Seen::Not {
            continue;
        }
        seen[start] = Seen::Open;
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let Some((place, target)) = edges[node].get(*next).copied() else {
                seen[node] = Seen::Done;
                path.pop();
                continue;
            };
            match seen[target] {
                Seen::Not => {
                    // The edge is looked at once more when the target is done.
                    seen[target] = Seen::Open;
                    path.push((target, 0));
                }
                Seen::Open => {
                    *next += 1;
                    circles[node].push(place);
                }
                Seen::Done => {
                    *next += 1;
                    depths[node] = depths[node].max(depths[target] + 1);
                }
            }
        }
    }
    (depths, circles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_after_those_that_it_refers_to() {
        let (depths, circles) = walk(&[vec![(0, 1)], vec![(0, 2)], vec![], vec![(0, 2), (1, 0)]]);
        assert_eq!(depths, [2, 1, 0, 3]);
        assert!(circles.iter().all(Vec::is_empty));
    }

    #[test]
    fn a_circle_is_opened_at_one_place() {
        let (depths, circles) = walk(&[vec![(0, 1)], vec![(0, 2)], vec![(0, 0)]]);
        assert_eq!(depths, [2, 1, 0]);
        assert_eq!(circles, [vec![], vec![], vec![0]]);
    }

    #[test]
    fn a_row_that_refers_to_itself_does_so_later() {
        let (depths, circles) = walk(&[vec![(3, 0)]]);
        assert_eq!((depths, circles), (vec![0], vec![vec![3]]));
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let edges: Vec<Vec<Edge>> = (0..200_000)
            .map(|node| {
                if node == 0 {
                    vec![]
                } else {
                    vec![(0, node - 1)]
                }
            })
            .rev()
            .collect();
        let edges: Vec<Vec<Edge>> = edges
            .into_iter()
            .map(|edges| {
                edges
                    .into_iter()
                    .map(|(place, node)| (place, 199_999 - node))
                    .collect()
            })
            .collect();
        let (depths, _) = walk(&edges);
        assert_eq!((depths[0], depths[199_999]), (199_999, 0));
    }
}
