// Moves what the server tells along the lines of the graph. Nothing is made up here: a dot is a message that went that way, a number
// by a line is how many did in the last second.
const mostDots = 120;
const edgeMillis = 700;
const manyPerSecond = 15;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function mount(svg) {
    const layer = svg.querySelector("[data-dots]");
    const lines = new Map();
    const dots = [];
    let frame = 0;
    let labels = 0;

    function line(id) {
        let known = lines.get(id);
        if (!known || !known.path.isConnected) {
            const path = svg.querySelector(`[data-edge="${id}"]`);
            if (!path)
                return null;
            known = { path, length: path.getTotalLength(), label: svg.querySelector(`[data-flow="${id}"]`), flows: [], rate: 0 };
            const place = path.getPointAtLength(known.length * 0.4);
            known.label?.setAttribute("x", place.x);
            known.label?.setAttribute("y", place.y - 6);
            lines.set(id, known);
        }
        return known;
    }

    function draw(now) {
        frame = 0;
        for (let i = dots.length - 1; i >= 0; i--) {
            const dot = dots[i];
            const done = (now - dot.start) / edgeMillis;
            const at = Math.floor(done);
            const edge = dot.edges[at];
            const on = edge && line(edge.id);
            if (!on) {
                dot.circle.remove();
                dots.splice(i, 1);
                continue;
            }
            const share = edge.back ? 1 - (done - at) : done - at;
            const point = on.path.getPointAtLength(share * on.length);
            dot.circle.setAttribute("cx", point.x);
            dot.circle.setAttribute("cy", point.y);
        }
        if (dots.length > 0)
            frame = requestAnimationFrame(draw);
    }

    function showRates() {
        const now = performance.now();
        let any = false;
        for (const on of lines.values()) {
            while (on.flows.length > 0 && now - on.flows[0].at > 1000)
                on.flows.shift();
            const rate = on.flows.reduce((sum, flow) => sum + flow.count, 0);
            any ||= rate > 0;
            if (rate !== on.rate) {
                on.rate = rate;
                on.path.classList.toggle("busy", rate > 0);
                if (on.label)
                    on.label.textContent = rate > 0 ? `${rate}/s` : "";
            }
        }
        if (!any) {
            clearInterval(labels);
            labels = 0;
        }
    }

    svg.dataset.mounted = "";
    return {
        show(next) {
            const now = performance.now();
            for (const [id, count] of Object.entries(next.flows)) {
                const on = line(id);
                if (on)
                    on.flows.push({ at: now, count });
            }
            if (labels === 0 && Object.keys(next.flows).length > 0)
                labels = setInterval(showRates, 250);
            if (document.hidden || calm.matches)
                return;

            for (const dot of next.dots) {
                const edges = dot.edges.map(id => id[0] === "-" ? { id: id.slice(1), back: true } : { id, back: false });
                if (edges.length === 0 || dots.length >= mostDots || edges.some(edge => (line(edge.id)?.rate ?? 0) > manyPerSecond))
                    continue;
                const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
                circle.setAttribute("r", "5.5");
                circle.setAttribute("class", `dot ${dot.kind}`);
                circle.setAttribute("cx", "-20");
                layer.append(circle);
                dots.push({ circle, edges, start: now });
            }
            if (frame === 0 && dots.length > 0)
                frame = requestAnimationFrame(draw);
        },
        clear() {
            for (const on of lines.values()) {
                on.path.classList.remove("busy");
                if (on.label)
                    on.label.textContent = "";
            }
            lines.clear();
            for (const dot of dots)
                dot.circle.remove();
            dots.length = 0;
        },
        unmount() {
            cancelAnimationFrame(frame);
            clearInterval(labels);
            this.clear();
        }
    };
}
