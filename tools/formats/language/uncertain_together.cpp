#include "tools/formats/language/uncertain_together.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "tools/formats/language/laws.h"
#include "tools/formats/language/values.h"
#include "tools/studies/redrawn_together.h"

namespace understudy::formats {

namespace {

using studies::FittedTogether;

constexpr double most_degrees = 1e6;

/// Quantities are not below 0; correlations may be.
double read_correlation(std::string_view text) {
    const double value = text.starts_with('-') ? -read_number(text.substr(1), 1) : read_number(text);
    if (!(value >= -1 && value <= 1))
        throw Fault(0, fmt::format("'{}' is no correlation", text), "from -1 to 1");
    return value;
}

std::string print_correlation(double value) {
    return value < 0 ? "-" + print_number(-value) : print_number(value);
}

class TogetherReader {
public:
    TogetherReader(Reading& reading, const Entry& entry, const std::vector<Edit>& edits)
        : reading_(reading), entry_(entry) {
        // The last one of a path is what stands there.
        for (const Edit& edit : edits)
            if (edit.kind == Edit::Kind::set) given_[edit.name] = &edit.value;
    }

    std::optional<FittedTogether> read() {
        MapReader map(reading_, entry_.value, "uncertainty", entry_.place);
        for (const char* key : {"family", "n", "spread"})
            if (const Node* other = map.find(key))
                wrong(*other, fmt::format("'{}' beside 'numbers'", key),
                      "numbers that were fitted together have an 'error' each");
        read_numbers(*map.find("numbers"));
        if (const Node* degrees = map.scalar("degrees"))
            guarded(*degrees, [&] {
                together_.degrees = read_number(degrees->text);
                if (!(together_.degrees >= 1) || together_.degrees > most_degrees)
                    throw Fault(0, fmt::format("'{}' is no number of degrees of freedom", degrees->text),
                                "from 1 to 1e6: observations less what was fitted");
            });
        else if (!map.has("degrees"))
            wrong(entry_.value, fmt::format("'{}' lacks 'degrees'", entry_.key),
                  "degrees of freedom of the standard errors: observations less what was fitted");
        const Node* makes = map.find("makes");
        if (makes == nullptr || !makes->is_map() || makes->entries.empty())
            wrong(makes == nullptr ? entry_.value : *makes,
                  fmt::format("'{}' does not say what its numbers make", entry_.key),
                  "'makes: {hpc.launch: {each_task: 1}}'");
        else
            for (const Entry& path : makes->entries) read_made(path);
        if (!good_) return std::nullopt;
        return std::move(together_);
    }

private:
    void wrong(const Node& node, const std::string& what, const std::string& hint) {
        reading_.error(node, what, hint);
        good_ = false;
    }
    template <class Read>
    void guarded(const Node& node, Read&& read) {
        good_ &= reading_.guarded(node, std::forward<Read>(read));
    }
    /// Takes what is one text; anything else is reported.
    template <class Take>
    void from_text(const Node& node, std::string_view key, std::string_view example, Take take) {
        if (!require_scalar(reading_, node, key, example))
            good_ = false;
        else
            guarded(node, [&] { take(node.text); });
    }

    void read_numbers(const Node& node) {
        if (!node.is_map() || node.entries.empty()) {
            wrong(node, fmt::format("'numbers' takes a map by name, not {}", shown(node)),
                  "such as '{each_task: {value: 2.1, error: 0.12}}'");
            return;
        }
        for (const Entry& entry : node.entries) read_fitted(entry);
        if (good_ && !studies::can_be_correlated(together_.numbers))
            wrong(node, "no numbers can have these correlations",
                  "take all of them from one fit, with all their digits");
    }

    void read_fitted(const Entry& entry) {
        MapReader map(reading_, entry.value, "fitted_number", entry.place);
        FittedTogether::Number number;
        number.name = entry.key;
        if (!map.ok() || !map.has("value") || !map.has("error")) good_ = false;
        if (const Node* value = map.scalar("value"))
            guarded(*value, [&] {
                number.value = read_number(value->text);
                if (!(number.value >= 0)) throw Fault(0, fmt::format("'{}' is below 0", value->text));
            });
        if (const Node* error = map.scalar("error"))
            guarded(*error, [&] {
                number.error = read_number(error->text);
                if (!(number.error > 0))
                    throw Fault(0, fmt::format("'{}' is no standard error", error->text), "above 0");
            });
        if (const Node* all = map.find("correlations"); all != nullptr && !all->is_list())
            wrong(*all, fmt::format("'correlations' takes a list, not {}", shown(*all)), "such as '[-0.83]'");
        else if (all != nullptr)
            for (const Node& one : all->items)
                from_text(one, "correlations", "[-0.83]", [&](std::string_view text) {
                    number.correlations.push_back(read_correlation(text));
                });
        const std::size_t before = together_.numbers.size();
        if (good_ && number.correlations.size() != before)
            wrong(entry.value,
                  fmt::format("the error of '{}' goes with those of {} before it, not of {}", entry.key,
                              before, number.correlations.size()),
                  "one of 'correlations' with each of them, in their order");
        together_.numbers.push_back(std::move(number));
    }

    void read_made(const Entry& entry) {
        const auto value = given_.find(entry.key);
        if (value == given_.end()) {
            reading_.out.error(entry.place, fmt::format("no edit of this change sets '{}'", entry.key),
                               "uncertain is what the change itself gives a path");
            good_ = false;
            return;
        }
        FittedTogether::Made made;
        made.path = entry.key;
        if (!studies::can_be_made(entry.key)) {
            reading_.out.error(entry.place, fmt::format("'{}' is not made of such numbers", entry.key),
                               "a 'launch', a 'delay' or a 'speed' is");
            good_ = false;
        } else {
            read_value(*value->second, made);
        }
        if (!entry.value.is_map() || entry.value.entries.empty()) {
            wrong(entry.value, fmt::format("how much of each number is in '{}'?", entry.key),
                  "such as '{each_task: 1, each_GB: 2.5}'");
            return;
        }
        made.amounts.resize(together_.numbers.size(), 0);
        for (const Entry& amount : entry.value.entries) {
            const auto number =
                std::find_if(together_.numbers.begin(), together_.numbers.end(),
                             [&](const FittedTogether::Number& one) { return one.name == amount.key; });
            if (number == together_.numbers.end()) {
                reading_.out.error(amount.place,
                                   fmt::format("'{}' is none of the numbers of '{}'", amount.key, entry_.key),
                                   "name one of them");
                good_ = false;
                continue;
            }
            double& into = made.amounts[static_cast<std::size_t>(number - together_.numbers.begin())];
            from_text(amount.value, amount.key, "2.5", [&](std::string_view text) {
                into = read_number(text);
                if (!(into >= 0)) throw Fault(0, fmt::format("'{}' is below 0", text));
            });
        }
        together_.makes.push_back(std::move(made));
    }

    /// What stands at the path by the change.
    void read_value(const Node& value, FittedTogether::Made& made) {
        from_text(value, made.path, "2s", [&](std::string_view text) {
            if (made.path.ends_with(".speed")) {
                made.fitted = read_number(text);
                return;
            }
            const models::Law law = read_law(text, Dimension::duration).law;
            if (!law.is_constant())
                throw Fault(0, fmt::format("'{}' is no constant, as what numbers make is", text),
                            "write one duration, or leave the path out of 'makes'");
            made.fitted = law.terms.front().law.mean();
        });
    }

    Reading& reading_;
    const Entry& entry_;
    std::map<std::string, const Node*, std::less<>> given_;
    FittedTogether together_;
    bool good_ = true;
};

}  // namespace

std::optional<studies::UncertainInput> read_together(Reading& reading, const Entry& entry,
                                                     const std::vector<Edit>& edits) {
    auto together = TogetherReader(reading, entry, edits).read();
    if (!together) return std::nullopt;
    studies::UncertainInput input;
    input.path = entry.key;
    input.together = std::move(together);
    return input;
}

Node together_node(const FittedTogether& together) {
    Node node = Node::map();
    node.block = true;
    Node numbers = Node::map();
    numbers.block = true;
    for (const FittedTogether::Number& number : together.numbers) {
        Node one = Node::map();
        one.add("value", Node::scalar(print_number(number.value)));
        one.add("error", Node::scalar(print_number(number.error)));
        if (!number.correlations.empty()) {
            Node list = Node::list();
            for (const double correlation : number.correlations)
                list.items.push_back(Node::scalar(print_correlation(correlation)));
            one.add("correlations", std::move(list));
        }
        numbers.add(number.name, std::move(one));
    }
    node.add("numbers", std::move(numbers));
    node.add("degrees", Node::scalar(print_number(together.degrees)));
    Node makes = Node::map();
    makes.block = true;
    for (const FittedTogether::Made& made : together.makes) {
        Node one = Node::map();
        for (std::size_t i = 0; i < made.amounts.size(); ++i)
            if (made.amounts[i] > 0)
                one.add(together.numbers[i].name, Node::scalar(print_number(made.amounts[i])));
        makes.add(made.path, std::move(one));
    }
    node.add("makes", std::move(makes));
    return node;
}

}  // namespace understudy::formats
