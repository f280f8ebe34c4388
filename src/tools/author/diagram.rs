//! Functions of several choices as decision diagrams: each node asks one axis, and equal functions are one node. So two rules
//! are compared over all situations at once, however many there are.

use std::collections::BTreeMap;

/// A function, by the number of its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fun(u32);

/// True nowhere.
pub const NO: Fun = Fun(0);
/// True everywhere.
pub const YES: Fun = Fun(1);

/// Nodes at most; real policies need a few thousand.
const NODES: usize = 1 << 20;

#[derive(Debug)]
struct Node {
    axis: usize,
    kids: Vec<Fun>,
}

/// The functions made so far over some axes.
#[derive(Debug)]
pub struct Diagrams {
    /// How many values each axis has.
    sizes: Vec<usize>,
    nodes: Vec<Node>,
    numbers: BTreeMap<(usize, Vec<Fun>), Fun>,
    ands: BTreeMap<(Fun, Fun), Fun>,
    nots: BTreeMap<Fun, Fun>,
    full: bool,
}

impl Diagrams {
    /// No function but the two constants.
    pub fn new(sizes: Vec<usize>) -> Self {
        let leaf = || Node { axis: sizes.len(), kids: Vec::new() };
        let nodes = vec![leaf(), leaf()];
        Self { sizes, nodes, numbers: BTreeMap::new(), ands: BTreeMap::new(), nots: BTreeMap::new(), full: false }
    }

    /// Whether there was no room for a function: what was said since is worth nothing.
    pub fn full(&self) -> bool {
        self.full
    }

    fn node(&self, fun: Fun) -> Option<&Node> {
        self.nodes.get(usize::try_from(fun.0).ok()?)
    }

    fn axis(&self, fun: Fun) -> usize {
        self.node(fun).map_or(self.sizes.len(), |node| node.axis)
    }

    /// What is left of a function once an axis has a value.
    fn kid(&self, fun: Fun, axis: usize, value: usize) -> Fun {
        match self.node(fun) {
            Some(node) if node.axis == axis => node.kids.get(value).copied().unwrap_or(NO),
            _ => fun,
        }
    }

    fn make(&mut self, axis: usize, kids: Vec<Fun>) -> Fun {
        if let Some(first) = kids.first()
            && kids.iter().all(|kid| kid == first)
        {
            return *first;
        }
        if let Some(known) = self.numbers.get(&(axis, kids.clone())) {
            return *known;
        }
        if self.nodes.len() >= NODES {
            self.full = true;
            return NO;
        }
        let made = Fun(u32::try_from(self.nodes.len()).unwrap_or(0));
        self.nodes.push(Node { axis, kids: kids.clone() });
        self.numbers.insert((axis, kids), made);
        made
    }

    /// Where one axis has one of some values.
    pub fn values(&mut self, axis: usize, holds: impl Fn(usize) -> bool) -> Fun {
        let size = self.sizes.get(axis).copied().unwrap_or(0);
        let kids = (0..size).map(|value| if holds(value) { YES } else { NO }).collect();
        self.make(axis, kids)
    }

    /// A function of some axes (in order, each once), from its value for each choice of theirs.
    pub fn table<E>(
        &mut self,
        axes: &[usize],
        chosen: &mut Vec<usize>,
        value: &mut dyn FnMut(&[usize]) -> Result<bool, E>,
    ) -> Result<Fun, E> {
        let Some((first, rest)) = axes.split_first() else {
            return Ok(if value(chosen)? { YES } else { NO });
        };
        let mut kids = Vec::new();
        for one in 0..self.sizes.get(*first).copied().unwrap_or(0) {
            chosen.push(one);
            kids.push(self.table(rest, chosen, value)?);
            chosen.pop();
        }
        Ok(self.make(*first, kids))
    }

    /// Where a function is not true.
    pub fn not(&mut self, fun: Fun) -> Fun {
        match fun {
            NO => return YES,
            YES => return NO,
            _ => {}
        }
        if let Some(known) = self.nots.get(&fun) {
            return *known;
        }
        let axis = self.axis(fun);
        let size = self.sizes.get(axis).copied().unwrap_or(0);
        let kids = (0..size).map(|value| self.not(self.kid(fun, axis, value))).collect();
        let made = self.make(axis, kids);
        self.nots.insert(fun, made);
        made
    }

    /// Where both are true.
    pub fn and(&mut self, one: Fun, other: Fun) -> Fun {
        match (one, other) {
            (NO, _) | (_, NO) => return NO,
            (YES, fun) | (fun, YES) => return fun,
            _ if one == other => return one,
            _ => {}
        }
        let key = if one < other { (one, other) } else { (other, one) };
        if let Some(known) = self.ands.get(&key) {
            return *known;
        }
        let axis = self.axis(one).min(self.axis(other));
        let size = self.sizes.get(axis).copied().unwrap_or(0);
        let kids = (0..size).map(|value| self.and(self.kid(one, axis, value), self.kid(other, axis, value))).collect();
        let made = self.make(axis, kids);
        self.ands.insert(key, made);
        made
    }

    /// Where one of them is true.
    pub fn or(&mut self, one: Fun, other: Fun) -> Fun {
        let (one, other) = (self.not(one), self.not(other));
        let neither = self.and(one, other);
        self.not(neither)
    }

    /// Where the first is true and the second is not.
    pub fn without(&mut self, one: Fun, other: Fun) -> Fun {
        let other = self.not(other);
        self.and(one, other)
    }

    /// The function as if an axis had a value, whatever it has.
    pub fn fixed(&mut self, fun: Fun, axis: usize, value: usize) -> Fun {
        self.fix(fun, axis, value, &mut BTreeMap::new())
    }

    fn fix(&mut self, fun: Fun, axis: usize, value: usize, known: &mut BTreeMap<Fun, Fun>) -> Fun {
        let own = self.axis(fun);
        if own > axis || own == self.sizes.len() {
            return fun;
        }
        if own == axis {
            return self.kid(fun, axis, value);
        }
        if let Some(known) = known.get(&fun) {
            return *known;
        }
        let size = self.sizes.get(own).copied().unwrap_or(0);
        let kids = (0..size).map(|at| self.fix(self.kid(fun, own, at), axis, value, known)).collect();
        let made = self.make(own, kids);
        known.insert(fun, made);
        made
    }

    /// Whether a function is true for these values, one for each axis.
    pub fn holds(&self, fun: Fun, values: &[usize]) -> bool {
        let mut at = fun;
        while at != NO && at != YES {
            let axis = self.axis(at);
            at = self.kid(at, axis, values.get(axis).copied().unwrap_or(0));
        }
        at == YES
    }

    /// In how many situations a function is true. Beyond 2^53 the figure is rounded.
    pub fn count(&self, fun: Fun) -> f64 {
        let mut known = BTreeMap::new();
        self.width(0, self.axis(fun)) * self.counted(fun, &mut known)
    }

    fn counted(&self, fun: Fun, known: &mut BTreeMap<Fun, f64>) -> f64 {
        match fun {
            NO => return 0.0,
            YES => return 1.0,
            _ => {}
        }
        if let Some(known) = known.get(&fun) {
            return *known;
        }
        let axis = self.axis(fun);
        let size = self.sizes.get(axis).copied().unwrap_or(0);
        let kids = (0..size).map(|value| self.kid(fun, axis, value));
        let sum = kids.map(|kid| self.width(axis + 1, self.axis(kid)) * self.counted(kid, known)).sum();
        known.insert(fun, sum);
        sum
    }

    /// How many choices the axes from one up to another have.
    fn width(&self, from: usize, to: usize) -> f64 {
        let sizes = self.sizes.iter().take(to).skip(from);
        sizes.map(|size| u32::try_from(*size).map_or(f64::INFINITY, f64::from)).product()
    }

    /// The values for which a function is true that cost least, one for each axis; the first of several. None if it is true
    /// nowhere.
    pub fn cheapest(&self, fun: Fun, cost: &dyn Fn(usize, usize) -> u32) -> Option<Vec<usize>> {
        let mut known = BTreeMap::new();
        self.price(fun, cost, &mut known)?;
        let mut values: Vec<usize> = vec![0; self.sizes.len()];
        let mut at = fun;
        while at != YES {
            let axis = self.axis(at);
            let (_, best) = known.get(&at).copied().flatten()?;
            *values.get_mut(axis)? = best;
            at = self.kid(at, axis, best);
        }
        Some(values)
    }

    /// What the cheapest way costs, and the first step of it. An axis that is not asked has its first value, which costs nothing.
    fn price(
        &self,
        fun: Fun,
        cost: &dyn Fn(usize, usize) -> u32,
        known: &mut BTreeMap<Fun, Option<(u32, usize)>>,
    ) -> Option<u32> {
        match fun {
            NO => return None,
            YES => return Some(0),
            _ => {}
        }
        if let Some(known) = known.get(&fun) {
            return known.map(|(price, _)| price);
        }
        let axis = self.axis(fun);
        let size = self.sizes.get(axis).copied().unwrap_or(0);
        let mut best: Option<(u32, usize)> = None;
        for value in 0..size {
            let Some(rest) = self.price(self.kid(fun, axis, value), cost, known) else { continue };
            let price = rest.saturating_add(cost(axis, value));
            if best.is_none_or(|(least, _)| price < least) {
                best = Some((price, value));
            }
        }
        known.insert(fun, best);
        best.map(|(price, _)| price)
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagrams, Fun, NO, YES};

    /// Every choice of values, for comparing with brute force.
    fn all(sizes: &[usize]) -> Vec<Vec<usize>> {
        let mut found = vec![Vec::new()];
        for size in sizes {
            found = found
                .iter()
                .flat_map(|one: &Vec<usize>| (0..*size).map(move |v| one.iter().copied().chain([v]).collect()))
                .collect();
        }
        found
    }

    #[test]
    fn as_brute_force_does() {
        let sizes = [2, 3, 4, 2];
        let mut made = Diagrams::new(sizes.to_vec());
        let table = |made: &mut Diagrams, axes: &[usize], f: &dyn Fn(&[usize]) -> bool| -> Fun {
            made.table::<()>(axes, &mut Vec::new(), &mut |values| Ok(f(values))).unwrap()
        };
        let one = table(&mut made, &[0, 2], &|v| v[0] + v[1] == 2);
        let other = table(&mut made, &[1, 2, 3], &|v| v[0] * v[1] > v[2]);
        let [f, g] = [|v: &[usize]| v[0] + v[2] == 2, |v: &[usize]| v[1] * v[2] > v[3]];
        let (and, or, without) = (made.and(one, other), made.or(one, other), made.without(one, other));
        let fixed = made.fixed(other, 2, 3);
        let mut counted = 0.0;
        for values in all(&sizes) {
            assert_eq!(made.holds(and, &values), f(&values) && g(&values));
            assert_eq!(made.holds(or, &values), f(&values) || g(&values));
            assert_eq!(made.holds(without, &values), f(&values) && !g(&values));
            assert_eq!(made.holds(fixed, &values), g(&[values[0], values[1], 3, values[3]]));
            counted += if g(&values) { 1.0 } else { 0.0 };
        }
        assert_eq!(made.count(other), counted);
        assert_eq!((made.count(YES), made.count(NO)), (48.0, 0.0));
        let both = made.not(and);
        let twice = made.not(both);
        assert_eq!(twice, and, "equal functions are one node");
        let cheapest = made.cheapest(and, &|_, value| u32::try_from(value).unwrap()).unwrap();
        let least = all(&sizes).into_iter().filter(|v| f(v) && g(v)).map(|v| v.iter().sum::<usize>()).min();
        assert_eq!(Some(cheapest.iter().sum::<usize>()), least);
        assert!(made.holds(and, &cheapest) && !made.full());
        assert_eq!(made.cheapest(NO, &|_, _| 0), None);
    }
}
