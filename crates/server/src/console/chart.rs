//! Small charts, drawn here as SVG: bars side by side, and a bar of several parts. The numbers stand
//! beside them as text, so that nothing is said by a picture alone.

use askama::Template;

/// The height of a chart of columns.
const HEIGHT: u64 = 64;
/// The width of one column, with the gap after it.
const STEP: u64 = 20;
/// The width of a whole bar.
const WIDTH: u64 = 480;

/// One rectangle; `tone` names its colour in the style sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) tone: &'static str,
    /// Said when it is pointed at.
    pub(super) title: String,
}

/// Rectangles in a picture of this size. As text, the picture itself.
#[derive(Template)]
#[template(path = "console/chart.html")]
pub(super) struct Chart {
    /// What it shows, for those who do not see it.
    label: &'static str,
    width: u64,
    height: u64,
    rects: Vec<Rect>,
}

/// A column: what it is of, and its parts from the ground up.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) parts: Vec<(&'static str, u64)>,
}

/// Columns side by side, the highest as high as the picture.
pub(super) fn columns(label: &'static str, columns: &[Column]) -> Chart {
    let sum = |column: &Column| column.parts.iter().map(|(_, n)| n).sum::<u64>();
    let most = columns.iter().map(sum).max().unwrap_or(0).max(1);
    let mut rects = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let said: Vec<String> =
            column.parts.iter().map(|(tone, n)| format!("{n} {tone}")).collect();
        let title = format!("{}: {}", column.name, said.join(", "));
        let mut below = 0;
        for &(tone, count) in &column.parts {
            let height = share(count, most, HEIGHT);
            if height == 0 {
                continue;
            }
            below = (below + height).min(HEIGHT);
            let (x, y) = (at as u64 * STEP, HEIGHT - below);
            rects.push(Rect { x, y, width: STEP - 4, height, tone, title: title.clone() });
        }
    }
    Chart { label, width: (columns.len() as u64 * STEP).max(STEP), height: HEIGHT, rects }
}

/// One bar of several parts, as wide as the picture.
pub(super) fn bar(label: &'static str, parts: &[(&'static str, u64)]) -> Chart {
    let most = parts.iter().map(|(_, n)| n).sum::<u64>().max(1);
    let mut rects = Vec::new();
    let mut x = 0;
    for &(tone, count) in parts {
        let width = share(count, most, WIDTH).min(WIDTH - x);
        if width == 0 {
            continue;
        }
        let title = format!("{count} {tone}");
        rects.push(Rect { x, y: 0, width, height: 12, tone, title });
        x += width;
    }
    Chart { label, width: WIDTH, height: 12, rects }
}

/// The share of `whole` that `count` has in `most`, and one at least where there is anything.
fn share(count: u64, most: u64, whole: u64) -> u64 {
    match u64::try_from(u128::from(count) * u128::from(whole) / u128::from(most)) {
        Ok(0) if count > 0 => 1,
        Ok(share) => share.min(whole),
        Err(_) => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(good: u64, bad: u64) -> Column {
        Column { name: "09:00".into(), parts: vec![("good", good), ("bad", bad)] }
    }

    #[test]
    fn columns_stand_on_the_ground_and_fit() {
        let chart = columns("", &[column(3, 1), column(0, 0), column(1, 0)]);
        assert_eq!((chart.width, chart.height), (60, HEIGHT));
        let [good, bad, last] = chart.rects.as_slice() else { panic!("{:?}", chart.rects) };
        assert_eq!((good.y + good.height, bad.y + bad.height), (HEIGHT, good.y));
        assert_eq!(last.x, 2 * STEP);
        assert_eq!(good.title, "09:00: 3 good, 1 bad");
        assert!(columns("", &[]).rects.is_empty());
        let small = columns("", &[column(1_000_000, 1)]);
        assert_eq!(small.rects[1].height, 1, "what is there is seen");
    }
    #[test]
    fn a_bar_is_not_wider_than_it_is() {
        for parts in [[u64::MAX / 2, 1, 1], [0, 0, 0], [1, 1, 1]] {
            let chart = bar("", &[("a", parts[0]), ("b", parts[1]), ("c", parts[2])]);
            assert!(chart.rects.iter().all(|rect| rect.x + rect.width <= WIDTH));
        }
    }
}
